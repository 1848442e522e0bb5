import Dispatch
import Synchronization

/// The results of `work` for each of 0..<`count`, in order, computed on up to `threads` threads.
///
/// Each thread first creates its own context, such as a network with its buffers; which thread takes which number is not
/// defined, so a result must not depend on what its context has done before.
package func parallelMap<Context, Result: Sendable>(
    _ count: Int, threads: Int, context: @Sendable () -> Context,
    _ work: @Sendable (Context, Int) -> Result
) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        let context = context()
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let result = work(context, index)
            results.withLock { $0[index] = result }
        }
    }
    return results.withLock { $0.compactMap { $0 } }
}

/// The same where the threads need nothing of their own.
package func parallelMap<Result: Sendable>(_ count: Int, threads: Int, _ work: @Sendable (Int) -> Result) -> [Result] {
    parallelMap(count, threads: threads, context: {}, { _, index in work(index) })
}
