import Foundation

/// Hands values from one thread to another in order; the giver waits while `capacity` of them are unread.
final class BoundedQueue<Value: Sendable>: @unchecked Sendable {  // Sendable: all state is under `condition`
    private let condition = NSCondition()
    private let capacity: Int
    private var values: [Value] = []
    private var isClosed = false

    init(capacity: Int) { self.capacity = capacity }

    /// Waits for room; false once the taker has closed the queue.
    func put(_ value: Value) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while values.count >= capacity, !isClosed { condition.wait() }
        if isClosed { return false }
        values.append(value)
        condition.broadcast()
        return true
    }

    /// Waits for the next value.
    func take() -> Value {
        condition.lock()
        defer { condition.unlock() }
        while values.isEmpty { condition.wait() }
        condition.broadcast()
        return values.removeFirst()
    }

    /// Nobody will take any more.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        values = []
        condition.broadcast()
    }
}
