import Base

/// Which tables of a plan are written in a run, and which are whole already.
struct TableSelection {
    /// What is done about tables that exist.
    struct Policy {
        /// Those that are whole are left alone, the others written again.
        var resumes = false
        /// Existing tables may be replaced.
        var overwrites = false
    }

    private(set) var jobs: [OutputPlan.Job] = []
    /// Whole from earlier runs, with what their recordings held.
    private(set) var whole: [(job: OutputPlan.Job, summary: RecordingSummary)] = []
    /// Tables that exist and are written again, and why.
    private(set) var replaced: [(table: String, why: String)] = []

    /// A single recording's table is always replaced; those of several recordings only if the policy allows it.
    ///
    /// `besides` names the files that belong to a job's table and must be there as well.
    /// Throws `.cannotCreate` where tables would be lost: nothing has been done then.
    init(
        _ plan: OutputPlan, _ policy: Policy, _ ledger: TableLedger?, _ provenance: Provenance,
        besides: (OutputPlan.Job) -> [String] = { _ in [] }
    ) throws(LandmarkdError) {
        guard let ledger else {
            jobs = plan.jobs
            return
        }
        var different: [(table: String, why: String)] = []
        for job in plan.jobs {
            let state = ledger.state(of: job, provenance, with: besides(job))
            switch state {
            case .whole(let summary) where policy.resumes:
                whole.append((job, summary))
                continue
            case .missing: break
            case .whole: replaced.append((job.table, "--overwrite"))
            case .stale(let why): replaced.append((job.table, why))
            case .different(let why):
                replaced.append((job.table, why))
                different.append((job.table, why))
            }
            jobs.append(job)
        }
        if policy.resumes { jobs = Self.begunLast(jobs) }
        if policy.overwrites { return }
        if policy.resumes { try Self.refuse(different) } else { try Self.refuse(replaced.map(\.table), of: plan) }
    }

    /// Recordings that were begun and not finished go last: one that kills the program does not keep the others from their turn.
    private static func begunLast(_ jobs: [OutputPlan.Job]) -> [OutputPlan.Job] {
        let begun = jobs.map { FileIdentity(path: $0.table + ".partial") != nil }
        return zip(jobs, begun).filter { !$0.1 }.map(\.0) + zip(jobs, begun).filter(\.1).map(\.0)
    }

    private static func refuse(_ tables: [String], of plan: OutputPlan) throws(LandmarkdError) {
        guard let first = tables.first else { return }
        let count =
            tables.count == 1 ? "this table is" : "this and \(tables.count - 1) more of \(plan.jobs.count) tables are"
        throw LandmarkdError(
            .cannotCreate, "\(first): \(count) there already; nothing was done",
            remedy: "add --resume to leave whole tables alone and do the others, or --overwrite to do all again")
    }

    private static func refuse(_ different: [(table: String, why: String)]) throws(LandmarkdError) {
        guard let first = different.first else { return }
        let more = different.count == 1 ? "" : ", as \(different.count - 1) more"
        throw LandmarkdError(
            .cannotCreate, "\(first.table): written with \(first.why)\(more); nothing was done",
            remedy: "use the same, name another folder after -o, or add --overwrite to replace such tables")
    }
}
