import Base
import FaceTracking
import Synchronization

/// A running batch: logs and reports the outcome of each recording, and records complete tables.
struct RunningBatch: Sendable {
    let run: TrackRun
    let jobs: [OutputPlan.Job]
    let ledger: TableLedger?
    let report: RunReport?
    let console: Console

    /// What failed, the report included. Throws what `makeTracker` throws.
    func run(makeTracker: () throws(LandmarkdError) -> any FaceTracker) throws(LandmarkdError) -> [RecordingFault] {
        let outcomes = jobs.isEmpty ? [] : try track(makeTracker)
        console.clear()
        var faults: [RecordingFault] = []
        for (job, outcome) in zip(jobs, outcomes) {
            if case .failure(let fault) = outcome { faults.append(RecordingFault(input: job.input.path, fault: fault)) }
        }
        let left = zip(jobs, outcomes).filter { $0.1 == nil }.map(\.0)
        if !left.isEmpty {
            faults.append(RecordingFault(input: left[0].input.path, fault: notBegun(left.count, faults)))
        }
        do throws(LandmarkdError) {
            for job in left { try report?.add(.init(job, .notBegun)) }
            try report?.finish()
        } catch {
            console.report(error)
            faults.append(RecordingFault(input: "", fault: error))
        }
        return faults
    }

    private func track(_ makeTracker: () throws(LandmarkdError) -> any FaceTracker) throws(LandmarkdError)
        -> [RecordingBatch.Outcome?]
    {
        var batch = RecordingBatch(jobs: jobs, options: run.options)
        let progress = Mutex(BatchProgress(count: jobs.count))
        batch.whenWhole = { job, source, summary throws(LandmarkdError) in
            let table = jobs[job].table
            if run.batch.plots { try TablePlot(table: table).write(to: TablePlot.path(of: table)) }
            try ledger?.add(jobs[job], source: source, run.provenance, summary)
        }
        let observer = RecordingBatch.Observer(
            progress: { job, summary, share in
                progress.withLock { $0.set(job, frames: summary.frames, share: share) }
                console.progress(share: progress.withLock { $0.share }) { progress.withLock { $0.detail } }
            },
            ended: { job, outcome in
                progress.withLock { $0.end(job) }
                tell(jobs[job], outcome)
                do throws(LandmarkdError) {
                    try report?.add(.init(jobs[job], outcome))
                } catch {
                    // The report's end fails as well, and is what the run then says.
                    console.warn("\(error.cause)")
                }
            })
        return try batch.run(makeTracker: makeTracker, observer: observer)
    }

    /// Says why recordings were not begun, with the code of what ended the run.
    private func notBegun(_ count: Int, _ faults: [RecordingFault]) -> LandmarkdError {
        let failure = faults.first { $0.fault.exitCode != .interrupted }?.fault
        let stopped = run.options.stopsAtFailure ? failure : nil
        let fault = LandmarkdError(
            stopped?.exitCode ?? .interrupted,
            stopped == nil
                ? "interrupted before \(count) of \(jobs.count) recordings were begun"
                : "stopped at the first failure: \(count) of \(jobs.count) recordings were not begun",
            remedy: jobs.count == 1 ? "run it again" : "run it again with --resume for these")
        console.report(fault)
        return fault
    }

    private func tell(_ job: OutputPlan.Job, _ outcome: RecordingBatch.Outcome) {
        switch outcome {
        case .failure(let fault): console.report(fault)
        case .success(let summary):
            if let note = summary.note { console.warn(note) }
            let broken = summary.brokenFrames > 0 ? ", \(summary.brokenFrames) failed to decode" : ""
            let jumps = summary.clockJumps
            let clock = jumps > 0 ? ", its clock jumped \(jumps == 1 ? "once" : "\(jumps) times")" : ""
            let places = [job.table == "-" ? nil : job.table, run.options.overlay].compactMap(\.self)
            let place = places.isEmpty ? "" : " -> \(places.joined(separator: ", "))"
            let counts = "\(job.input.path): \(summary.frames) frames"
            if run.quiet, !(broken + clock).isEmpty {
                console.warn("\(counts)\(broken)\(clock)")
            } else {
                console.note("\(counts), a face in \(summary.framesWithFaces)\(broken)\(clock)\(place)")
            }
        }
    }
}
