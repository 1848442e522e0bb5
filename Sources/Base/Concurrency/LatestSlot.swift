import Foundation

/// Hands the newest value from one thread to another: a newer one replaces what was not taken yet, and nothing queues up.
package final class LatestSlot<Value: Sendable>: @unchecked Sendable {  // Sendable: all state is under `condition`
    private let condition = NSCondition()
    private var value: Value?
    private var isClosed = false
    private var isFinished = false

    package init() {}

    /// Never waits. True where it replaced a value that nobody took.
    @discardableResult
    package func put(_ next: Value) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed else { return false }
        defer { value = next }
        condition.signal()
        return value != nil
    }

    /// Waits for a value; nil once the slot is closed, or finished and empty. For a thread, never for a task.
    package func take() -> Value? {
        condition.lock()
        defer { condition.unlock() }
        while value == nil, !isClosed, !isFinished { condition.wait() }
        defer { value = nil }
        return isClosed ? nil : value
    }

    /// Nothing more will be put: what is in the slot may still be taken.
    package func finish() {
        condition.lock()
        defer { condition.unlock() }
        isFinished = true
        condition.broadcast()
    }

    /// Ends all waiting; what is in the slot is dropped.
    package func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        condition.broadcast()
    }
}
