import Foundation
import Testing

/// Runs each test of a suite on threads of their own: for tests that wait for devices or for time, which would keep all
/// others waiting too.
public struct OwnThread: TestTrait, SuiteTrait, TestScoping {
    public let isRecursive = true

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadPerJob()) { try await function() }
    }

    private final class ThreadPerJob: TaskExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            Thread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }.start()
        }
    }
}

extension Trait where Self == OwnThread {
    /// Each test on a thread of its own.
    public static var ownThread: Self { OwnThread() }
}
