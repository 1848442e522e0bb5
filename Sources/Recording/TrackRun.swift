import Base
import Capture
import FaceTracking
import Synchronization

/// `landmarkd track`: recordings to tables, with progress on standard error.
package struct TrackRun: Sendable {
    /// What is asked of a run besides what is asked of each recording.
    package struct Options: Sendable {
        /// A list of recordings in place of inputs.
        package var manifest: String?
        /// The part of all recordings that this run does.
        package var shard: Shard?
        /// Leaves tables alone that are whole.
        package var resumes = false
        /// Replaces tables that exist.
        package var overwrites = false
        /// Where a row is written for each recording.
        package var report: String?
        /// Draws a picture of each table.
        package var plots = false

        package init() {}
    }

    package var inputs: [String]
    /// As `OutputPlan` takes it.
    package var output: String?
    package var options: RecordingBatch.Options
    package var batch = Options()
    package var provenance = Provenance()
    package var quiet = false

    package init(inputs: [String], output: String?, options: RecordingBatch.Options) {
        (self.inputs, self.output, self.options) = (inputs, output, options)
    }

    /// Tracks all recordings. Faults of single ones are reported and do not stop the others, unless that was asked for; nil where there was
    /// none and every table is whole, else 130 where interrupted, else the code of the first.
    ///
    /// Throws where nothing can begin: wrong outputs or manifest, tables that would be lost, no usable input at all, no tracker.
    package func run(makeTracker: () throws(LandmarkdError) -> any FaceTracker) throws(LandmarkdError) -> ExitCode? {
        let console = Console(title: title, quiet: quiet)
        var (plan, faults) = try makePlan(console)
        try checkOutputs(plan)
        if let shard = batch.shard {
            let count = plan.jobs.count
            plan.keep(shard)
            console.note("part \(shard): \(plan.jobs.count) of \(count) recordings")
        }
        let policy = TableSelection.Policy(resumes: batch.resumes, overwrites: batch.overwrites)
        let asksLedger = !plan.isSingle || batch.resumes
        let ledger = try openLedger(plan, reads: asksLedger)
        let selection = try TableSelection(plan, policy, asksLedger ? ledger : nil, provenance, besides: besides)
        tell(selection, console)
        let report = try batch.report.map { path throws(LandmarkdError) in try RunReport(path, provenance) }
        for fault in faults { try report?.add(.init(input: fault.input, fault.fault)) }
        for (job, summary) in selection.whole { try report?.add(.init(job, .skipped, summary)) }
        if batch.plots { faults += drawMissing(selection.whole.map(\.job.table), console) }

        let work = RunningBatch(run: self, jobs: selection.jobs, ledger: ledger, report: report, console: console)
        faults += try work.run(makeTracker: makeTracker)
        return exitCode(faults.map(\.fault))
    }

    /// A single table that is replaced unasked is recorded only where others are: a later run must not take it for the one before.
    private func openLedger(_ plan: OutputPlan, reads: Bool) throws(LandmarkdError) -> TableLedger? {
        guard reads || (plan.jobs.contains { $0.table != "-" } && TableLedger.exists(in: plan.folder)) else {
            return nil
        }
        return try TableLedger(folder: plan.folder, reads: reads)
    }

    private func exitCode(_ faults: [LandmarkdError]) -> ExitCode? {
        faults.contains { $0.exitCode == .interrupted } ? .interrupted : faults.first?.exitCode
    }

    private var title: String {
        if let manifest = batch.manifest { return manifest.fileName }
        return inputs.count == 1 ? inputs[0].fileName : "track"
    }

    private func tell(_ selection: TableSelection, _ console: Console) {
        if !selection.whole.isEmpty {
            console.note("whole already: \(selection.whole.count); to do: \(selection.jobs.count)")
        }
        for (table, why) in selection.replaced where why != "--overwrite" {
            console.note("\(table): done again: \(why)")
        }
    }
}

/// A recording, or an input that led to none, and why it failed.
struct RecordingFault {
    let input: String
    let fault: LandmarkdError
}

// MARK: - Inputs and outputs

extension TrackRun {
    /// The plan, and what is wrong with inputs that are not in it.
    private func makePlan(_ console: Console) throws(LandmarkdError) -> (OutputPlan, [RecordingFault]) {
        if let path = batch.manifest {
            return (
                try OutputPlan(Manifest(path: path), output: output, format: options.format, input: options.input), []
            )
        }
        var (files, faults): ([MediaFile], [RecordingFault]) = ([], [])
        for input in inputs {
            func add(_ fault: LandmarkdError) {
                console.report(fault)
                faults.append(RecordingFault(input: input, fault: fault))
            }
            do throws(LandmarkdError) {
                files += try options.input.recordings(
                    in: input,
                    leftOut: { console.warn("\($0): left out: not a regular file; name it itself to read it") },
                    failed: add)
            } catch {
                if inputs.count == 1 { throw error }
                add(error)
            }
        }
        if files.isEmpty, let fault = faults.first?.fault {
            throw LandmarkdError(fault.exitCode, "none of \(inputs.count) inputs can be used", remedy: "see above")
        }
        let plan = try OutputPlan(
            inputs: files, output: output, format: options.format,
            isMany: inputs.count > 1
                || (FileIdentity(path: inputs[0])?.isFolder == true && !options.input.foldersAreSequences))
        return (plan, faults)
    }

    /// Plots of tables that an earlier run wrote without.
    private func drawMissing(_ tables: [String], _ console: Console) -> [RecordingFault] {
        var faults: [RecordingFault] = []
        for table in tables where FileIdentity(path: TablePlot.path(of: table)) == nil && !Interruption.isAsked {
            do throws(LandmarkdError) {
                try TablePlot(table: table).write(to: TablePlot.path(of: table))
            } catch {
                console.report(error)
                faults.append(RecordingFault(input: table, fault: error))
            }
        }
        return faults
    }
}
