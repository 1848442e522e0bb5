import Base
import Capture

/// Any timestamps give times that grow, finitely, by no more than the longest gap; all of them can be written.
func fuzzClock(_ bytes: [UInt8]) {
    var bytes = bytes[...]
    func take<Value: BitwiseCopyable>(_ zero: Value) -> Value {
        var value = zero
        withUnsafeMutableBytes(of: &value) { $0.copyBytes(from: bytes.prefix($0.count)) }
        bytes = bytes.dropFirst(MemoryLayout<Value>.size)
        return value
    }
    var clock = FrameClock(numerator: take(Int32(0)), denominator: take(Int32(0)), usualStep: take(0.0))
    var last = -1.0
    while !bytes.isEmpty {
        let hasStamp = take(UInt8(0)) % 4 != 0
        let (stamp, duration) = (take(Int64(0)), take(Int64(0)))
        let time = clock.time(stamp: hasStamp ? stamp : nil, duration: duration)
        precondition(time > last && time - last <= FrameClock.longestGap + 2, "\(last), then \(time)")
        precondition(decimalNumber(decimal(time, 6)) != nil, "\(time) cannot be written")
        last = time
    }
}

/// What is written can be read, and is near; what can be read is written in one way.
func fuzzNumbers(_ bytes: [UInt8]) {
    var value = 0.0
    withUnsafeMutableBytes(of: &value) { $0.copyBytes(from: bytes.prefix(8)) }
    let decimals = Int(bytes.dropFirst(8).first ?? 0) % 7
    let written = decimal(value, decimals)
    if value.isFinite {
        guard let read = decimalNumber(written) else { preconditionFailure("\(value) was written as \(written)") }
        let unit = [1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6][decimals]
        precondition(abs(read - value) <= 0.5001 * unit + abs(value) * 1e-15, "\(value) was written as \(written)")
    }
    let text = String(decoding: bytes.dropFirst(9), as: UTF8.self)
    if let number = wholeNumber(text) {
        precondition("\(number)" == text || text == "-0", "'\(text)' was read as \(number)")
        precondition(decimalNumber(text) == Double(number), "'\(text)' is two numbers")
    }
    _ = decimalNumber(text)
}
