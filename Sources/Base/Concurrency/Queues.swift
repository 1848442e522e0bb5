import Foundation

/// Hands values from one thread to another in order; holds at most `capacity` that are unread.
package final class BoundedQueue<Value: Sendable>: @unchecked Sendable {  // Sendable: all state is under `condition`
    private let condition = NSCondition()
    private let capacity: Int
    private var values: [Value] = []
    private var isClosed = false
    private var isEnded = false

    /// Result of a wait with a time limit.
    package enum Found {
        case value(Value)
        case nothing
        /// The producer has ended the queue, and it is empty.
        case end
    }

    package init(capacity: Int) { self.capacity = capacity }

    /// Waits for room; false once the consumer has closed the queue.
    package func put(_ value: Value) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while values.count >= capacity, !isClosed { condition.wait() }
        return add(value)
    }

    /// Never waits; false where there is no room, or the consumer has closed the queue.
    package func offer(_ value: Value) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        return values.count < capacity && add(value)
    }

    private func add(_ value: Value) -> Bool {
        if isClosed || isEnded { return false }
        values.append(value)
        condition.broadcast()
        return true
    }

    /// Waits for the next value.
    package func take() -> Value {
        condition.lock()
        defer { condition.unlock() }
        while values.isEmpty { condition.wait() }
        condition.broadcast()
        return values.removeFirst()
    }

    /// Waits for the next value for up to `seconds`.
    package func take(seconds: Double) -> Found {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while values.isEmpty, !isEnded {
            guard condition.wait(until: deadline) else { break }
        }
        if values.isEmpty { return isEnded ? .end : .nothing }
        condition.broadcast()
        return .value(values.removeFirst())
    }

    /// Called by the producer: nothing more will be put.
    package func end() {
        condition.lock()
        defer { condition.unlock() }
        isEnded = true
        condition.broadcast()
    }

    /// Called by the consumer: nothing more will be taken.
    package func close() {
        condition.lock()
        defer { condition.unlock() }
        isClosed = true
        values = []
        condition.broadcast()
    }
}

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
