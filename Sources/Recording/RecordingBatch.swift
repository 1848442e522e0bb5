import Base
import Capture
import FaceTracking
import Foundation
import Results
import Synchronization

/// Tracks many recordings, several at once where there are threads for it; one that fails does not stop the others.
package struct RecordingBatch: Sendable {
    package typealias Outcome = Result<RecordingSummary, LandmarkdError>

    /// What is asked of every recording.
    package struct Options: Sendable {
        package var format = TableFormat.csv
        /// Where the one recording is drawn with its landmarks; nil for no drawing.
        package var overlay: String?
        /// Whether the overlay draws smoothed landmarks, whatever the table holds.
        package var smoothsOverlay = true
        package var span = TimeSpan.whole
        /// Groups of columns that tables have; nil for what the format has by default.
        package var columns: [ColumnGroup]?
        /// Whether blinks are listed in a table beside each table.
        package var listsBlinks = false
        package var input = InputOptions()
        package var rows = RowSelection.all
        /// At most as many threads work at once. Results do not depend on it.
        package var threads = 1
        /// Whether no more recordings are begun once one has failed.
        package var stopsAtFailure = false

        package init() {}
    }

    /// Told by any of the working threads.
    package struct Observer: Sendable {
        /// Frames and seconds so far of one job, and the share of it that is done, where known.
        package var progress: @Sendable (Int, RecordingSummary, Double?) -> Void
        package var ended: @Sendable (Int, Outcome) -> Void

        package init(
            progress: @escaping @Sendable (Int, RecordingSummary, Double?) -> Void,
            ended: @escaping @Sendable (Int, Outcome) -> Void
        ) {
            (self.progress, self.ended) = (progress, ended)
        }
    }

    package var jobs: [OutputPlan.Job]
    package var options: Options
    package var isInterrupted: @Sendable () -> Bool = { Interruption.isAsked }
    /// Called for each recording whose table is whole, with what the recording was when tracking began; what it throws is the
    /// recording's failure.
    package var whenWhole: @Sendable (Int, SourceStamp?, RecordingSummary) throws(LandmarkdError) -> Void = { _, _, _ in
    }

    package init(jobs: [OutputPlan.Job], options: Options) { (self.jobs, self.options) = (jobs, options) }

    /// Tracks all, each with a tracker of the working thread's own; the outcome of each job, in order.
    ///
    /// After an interruption the jobs not yet begun have none. Throws what `makeTracker` throws.
    package func run(
        makeTracker: () throws(LandmarkdError) -> any FaceTracker, observer: Observer
    ) throws(LandmarkdError) -> [Outcome?] {
        let workers = max(1, min(options.threads, jobs.count))
        var trackers: [Transferred] = []
        for _ in 0..<workers { trackers.append(Transferred(tracker: try makeTracker())) }
        let board = Board(jobs.count, stopsAtFailure: options.stopsAtFailure)
        let finished = DispatchGroup()
        for tracker in trackers.dropFirst() {
            finished.enter()
            Thread {
                Thread.current.name = "tracker"
                work(tracker.tracker, board, observer)
                finished.leave()
            }.start()
        }
        work(trackers[0].tracker, board, observer)
        finished.wait()
        return board.outcomes
    }

    /// A tracker on its way to the one thread that uses it.
    private struct Transferred: @unchecked Sendable {
        let tracker: any FaceTracker
    }

    /// Which job is next, and what became of those done.
    private final class Board: Sendable {
        private let state: Mutex<(next: Int, isStopped: Bool, outcomes: [Outcome?])>
        private let stopsAtFailure: Bool

        init(_ count: Int, stopsAtFailure: Bool) {
            state = Mutex((0, false, [Outcome?](repeating: nil, count: count)))
            self.stopsAtFailure = stopsAtFailure
        }

        var outcomes: [Outcome?] { state.withLock { $0.outcomes } }

        func take() -> Int? {
            state.withLock { state in
                guard !state.isStopped, state.next < state.outcomes.count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func set(_ job: Int, _ outcome: Outcome) {
            state.withLock { state in
                state.outcomes[job] = outcome
                if case .failure = outcome, stopsAtFailure { state.isStopped = true }
            }
        }
    }

    private func work(_ tracker: any FaceTracker, _ board: Board, _ observer: Observer) {
        while !isInterrupted(), let job = board.take() {
            let outcome: Outcome
            do throws(LandmarkdError) {
                outcome = .success(try track(job, tracker, observer))
            } catch {
                outcome = .failure(error)
            }
            board.set(job, outcome)
            observer.ended(job, outcome)
        }
    }

    private func track(
        _ number: Int, _ tracker: any FaceTracker, _ observer: Observer
    ) throws(LandmarkdError) -> RecordingSummary {
        let job = jobs[number]
        let path = job.input.path
        let stamp = SourceStamp(job.input)
        let source = try options.input.source(job.input, span: options.span)
        var pass = RecordingPass(name: path)
        pass.threads = max(1, options.threads / min(options.threads, jobs.count))
        pass.isInterrupted = isInterrupted
        pass.progress = { summary in
            let share = source.duration.map { (summary.time - options.span.start) / $0 }
            observer.progress(number, summary, share)
        }
        let summary = try pass.run(source, tracker) { first throws(LandmarkdError) in
            try outputs(job, scheme: tracker.scheme, first: first.frame)
        }
        try whenWhole(number, stamp, summary)
        return summary
    }

    private func outputs(
        _ job: OutputPlan.Job, scheme: LandmarkScheme, first: Frame?
    ) throws(LandmarkdError) -> [any TrackOutput] {
        // The overlay first: one that cannot be made leaves no table behind.
        let overlay = options.overlay.map {
            OverlayWriter(path: $0, lines: scheme.lines, smoothing: options.smoothsOverlay)
        }
        if let first { try overlay?.open(for: first) }
        if job.makesFolders { try makeFolders(above: job.table) }
        let table = try options.format.makeTable(
            job.table, scheme: scheme, stream: job.input.path.fileName.shown, groups: options.columns)
        var blinks: BlinkTable?
        if options.listsBlinks, let path = BlinkTable.path(besides: job.table) { blinks = try BlinkTable(path: path) }
        let others: [(any TrackOutput)?] = [blinks, overlay]
        return [options.rows(of: job.input).thinning(table)] + others.compactMap(\.self)
    }
}
