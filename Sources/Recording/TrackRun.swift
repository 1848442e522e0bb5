import Base
import Capture
import FaceTracking
import Synchronization

/// `landmarkd track`: files and folders to tables, told on standard error as it goes.
package struct TrackRun: Sendable {
    package var inputs: [String]
    /// As `OutputPlan` takes it.
    package var output: String?
    package var options: RecordingBatch.Options
    package var quiet = false

    package init(inputs: [String], output: String?, options: RecordingBatch.Options) {
        (self.inputs, self.output, self.options) = (inputs, output, options)
    }

    /// Tracks all inputs. Faults of single inputs are told and do not stop the others; nil where there was none, else
    /// 130 where interrupted, else the code of the first.
    ///
    /// Throws where nothing can begin: wrong outputs, no usable input at all, no tracker.
    package func run(makeTracker: () throws(LandmarkdError) -> any FaceTracker) throws(LandmarkdError) -> ExitCode? {
        let console = Console(title: inputs.count == 1 ? inputs[0].fileName : "track", quiet: quiet)
        var faults: [LandmarkdError] = []
        let files = try mediaFiles(console, &faults)
        let plan = try OutputPlan(
            inputs: files, output: output, format: options.format,
            isMany: inputs.count > 1
                || (FileIdentity(path: inputs[0])?.isFolder == true && !options.input.foldersAreSequences))
        try checkOverlay(files, plan)
        let batch = RecordingBatch(jobs: plan.jobs, options: options)
        let state = Mutex(BatchState(jobs: plan.jobs))
        let observer = RecordingBatch.Observer(
            progress: { job, summary, share in
                state.withLock { $0.set(job, summary, share) }
                console.progress(share: state.withLock { $0.share }) { state.withLock { $0.detail } }
            },
            ended: { job, outcome in
                state.withLock { $0.end(job) }
                tell(plan.jobs[job], outcome, console)
            })
        let outcomes = try batch.run(makeTracker: makeTracker, observer: observer)
        console.clear()
        faults += outcomes.compactMap { if case .failure(let fault) = $0 { fault } else { nil } }
        let left = outcomes.count { $0 == nil }
        if left > 0 {
            console.report(
                LandmarkdError(
                    .interrupted, "interrupted before \(left) of \(outcomes.count) recordings were begun",
                    remedy: "run it again for these"))
        }
        if left > 0 || faults.contains(where: { $0.exitCode == .interrupted }) {
            return .interrupted
        }
        return faults.first?.exitCode
    }

    private func mediaFiles(_ console: Console, _ faults: inout [LandmarkdError]) throws(LandmarkdError) -> [MediaFile]
    {
        var files: [MediaFile] = []
        for input in inputs {
            do throws(LandmarkdError) {
                files += try options.input.recordings(in: input) {
                    console.warn("\($0): left out: not a regular file; name it itself to read it")
                }
            } catch {
                if inputs.count == 1 { throw error }
                console.report(error)
                faults.append(error)
            }
        }
        if files.isEmpty, let fault = faults.first {
            throw LandmarkdError(fault.exitCode, "none of \(inputs.count) inputs can be used", remedy: "see above")
        }
        return files
    }

    private func checkOverlay(_ files: [MediaFile], _ plan: OutputPlan) throws(LandmarkdError) {
        guard let overlay = options.overlay else { return }
        guard files.count == 1 else {
            throw LandmarkdError(
                .usage, "--overlay draws one recording, not \(files.count)", remedy: "track them in separate runs")
        }
        try VideoWriter.container(of: overlay)
        try refuseInput(Set(files.compactMap { FileIdentity(path: $0.path) }), overlay)
        let video = try OutputFile(overlay)
        for job in plan.jobs where job.table != "-" {
            guard try video.isSame(as: OutputFile(job.table)) else { continue }
            throw LandmarkdError(
                .usage, "\(overlay): would replace the table", remedy: "name another file after -o or --overlay")
        }
    }

    private func tell(_ job: OutputPlan.Job, _ outcome: RecordingBatch.Outcome, _ console: Console) {
        switch outcome {
        case .failure(let fault): console.report(fault)
        case .success(let summary):
            if let note = summary.note { console.warn(note) }
            let broken = summary.brokenFrames > 0 ? ", \(summary.brokenFrames) failed to decode" : ""
            let jumps = summary.clockJumps
            let clock = jumps > 0 ? ", its clock jumped \(jumps == 1 ? "once" : "\(jumps) times")" : ""
            let places = [job.table == "-" ? nil : job.table, options.overlay].compactMap(\.self)
            let place = places.isEmpty ? "" : " -> \(places.joined(separator: ", "))"
            let counts = "\(job.input.path): \(summary.frames) frames"
            if quiet, !(broken + clock).isEmpty {
                console.warn("\(counts)\(broken)\(clock)")
            } else {
                console.note("\(counts), a face in \(summary.framesWithFaces)\(broken)\(clock)\(place)")
            }
        }
    }
}

/// How far a batch is.
struct BatchState {
    private let jobs: [OutputPlan.Job]
    private var shares: [Double?]
    private var frames: [Int]
    private var ended = 0
    private let start = monotonicSeconds()

    init(jobs: [OutputPlan.Job]) {
        self.jobs = jobs
        shares = [Double?](repeating: 0, count: jobs.count)
        frames = [Int](repeating: 0, count: jobs.count)
    }

    mutating func set(_ job: Int, _ summary: RecordingSummary, _ share: Double?) {
        (shares[job], frames[job]) = (share, summary.frames)
    }

    mutating func end(_ job: Int) {
        shares[job] = 1
        ended += 1
    }

    /// Share done of all files; nil where one of them does not know.
    var share: Double? {
        var sum = 0.0
        for share in shares {
            guard let share else { return nil }
            sum += min(1, share)
        }
        return sum / Double(max(1, shares.count))
    }

    var detail: String {
        let total = frames.reduce(0, +)
        let rate = decimal(Double(total) / max(1e-3, monotonicSeconds() - start), 1)
        let count = "\(total) frames, \(rate) frames/s"
        return jobs.count == 1 ? count : "\(ended) of \(jobs.count) files, \(count)"
    }
}
