import Base
import Synchronization
import Testing

@Suite struct ParallelMapTests {
    @Test(arguments: [1, 2, 7, 100]) func resultsComeInOrderForAnyNumberOfThreads(threads: Int) {
        let made = Atomic(0)
        let squares = parallelMap(50, threads: threads) {
            made.add(1, ordering: .relaxed).newValue
        } _: { _, index in
            index * index
        }
        #expect(squares == (0..<50).map { $0 * $0 })
        #expect(1...min(threads, 50) ~= made.load(ordering: .relaxed), "contexts, one for each thread")
    }

    @Test func ofNothingComesNothing() { #expect(parallelMap(0, threads: 4) { $0 }.isEmpty) }
}
