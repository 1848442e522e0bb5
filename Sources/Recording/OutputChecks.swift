import Base
import Capture
import Results

/// What is written beside tables, and whether all of it can be.
extension TrackRun {
    /// Files that belong to a table: without them it is not whole.
    func besides(_ job: OutputPlan.Job) -> [String] {
        let blinks = options.listsBlinks ? BlinkTable.path(besides: job.table) : nil
        return [blinks, options.overlay].compactMap(\.self)
    }

    /// All files of a job that are named after its table, itself first.
    private func named(after job: OutputPlan.Job) -> [String] {
        let blinks = options.listsBlinks ? BlinkTable.path(besides: job.table) : nil
        return [job.table, blinks, batch.plots ? TablePlot.path(of: job.table) : nil].compactMap(\.self)
    }

    /// Throws `.usage` where outputs would replace each other or an input, or go where they cannot.
    func checkOutputs(_ plan: OutputPlan) throws(LandmarkdError) {
        try refuseSpecial(plan)
        let files = plan.jobs.flatMap(named)
        if let twin = firstTwin(files) {
            throw LandmarkdError(
                .usage, "\(files[twin]): two outputs would have this name",
                remedy: "rename a recording, or track them in separate runs with different folders after -o")
        }
        let manifest = batch.manifest.flatMap { FileIdentity(path: $0) }
        let inputs = Set(plan.jobs.compactMap { FileIdentity(path: $0.input.path) } + (manifest.map { [$0] } ?? []))
        if let manifest { for job in plan.jobs { try refuseInput([manifest], job.table) } }
        for job in plan.jobs { for file in named(after: job).dropFirst() { try refuseInput(inputs, file) } }
        for path in [options.overlay, batch.report].compactMap(\.self) {
            try refuseInput(inputs, path)
            for job in plan.jobs { try refuse(path, as: job, isSingle: plan.isSingle) }
        }
        guard let overlay = options.overlay else { return }
        guard plan.jobs.count == 1 else {
            throw LandmarkdError(
                .usage, "--overlay draws one recording, not \(plan.jobs.count)", remedy: "track them in separate runs")
        }
        try VideoWriter.container(of: overlay)
    }

    /// Some options need a table that can be found again.
    private func refuseSpecial(_ plan: OutputPlan) throws(LandmarkdError) {
        let needs = [
            (batch.resumes, "--resume cannot tell whether it is whole"),
            (options.listsBlinks, "--blinks writes a table beside another one, and here is none"),
            (batch.plots, "--plots draws tables in files, and this is none"),
        ]
        guard let (_, why) = needs.first(where: \.0) else { return }
        for job in plan.jobs {
            if job.table != "-", try !OutputFile(job.table).isSpecial { continue }
            throw LandmarkdError(.usage, "\(job.table): \(why)", remedy: "name a file after -o")
        }
    }

    /// Names are compared before files are, which takes longer.
    private func refuse(_ path: String, as job: OutputPlan.Job, isSingle: Bool) throws(LandmarkdError) {
        for file in named(after: job) where file.fileName.pathBytes == path.fileName.pathBytes || isSingle {
            let isSame = file == "-" ? path == "-" : try OutputFile(path).isSame(as: OutputFile(file))
            guard isSame else { continue }
            let what = file == job.table ? "the table" : "another output"
            throw LandmarkdError(.usage, "\(path): would replace \(what)", remedy: "name another file")
        }
    }
}
