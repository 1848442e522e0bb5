import Foundation

/// Waits until `condition` holds for up to `seconds`; whether it does. Tells nothing of how fast anything is.
public func waits(seconds: Double = 30, for condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
        guard Date() < deadline else { return false }
        usleep(5000)
    }
    return true
}
