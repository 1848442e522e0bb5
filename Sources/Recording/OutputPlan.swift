import Base
import Capture

/// Which file each recording's results go to.
package struct OutputPlan: Sendable {
    package struct Job: Sendable, Equatable {
        package let input: MediaFile
        /// The table's path; "-" for standard output.
        package let table: String
    }

    package let jobs: [Job]

    /// `output`: "-" or a file for one recording, a folder (created if missing) for several, and where `isMany` says that there
    /// could have been several; nil: the current folder. Names are the inputs' with the format's ending; two recordings that would share
    /// one keep their own endings before it.
    ///
    /// Throws `.usage` where an output would replace an input or another output, `.cannotCreate` for the folder.
    package init(
        inputs: [MediaFile], output: String?, format: TableFormat, isMany: Bool
    ) throws(LandmarkdError) {
        let isSingle = inputs.count == 1 && !isMany
        if isSingle, let output, !Self.isFolder(output) {
            jobs = [Job(input: inputs[0], table: output)]
        } else {
            let names = try Self.names(inputs, format)
            if output == "-" {
                throw LandmarkdError(
                    .usage, "-o -: standard output takes one recording", remedy: "name a folder after -o")
            }
            let folder = try makeFolder(output)
            jobs = zip(inputs, names).map { Job(input: $0, table: folder + $1) }
        }
        try refuseOverwriting()
        for job in jobs { try format.refuseName(job.table) }
    }

    private static func isFolder(_ path: String) -> Bool {
        path.hasSuffix("/") || FileIdentity(path: path)?.isFolder == true
    }

    private static func names(_ inputs: [MediaFile], _ format: TableFormat) throws(LandmarkdError) -> [String] {
        // By bytes: to Swift, an accent of its own and an accented letter are the same name.
        let stems = Dictionary(grouping: inputs, by: \.tableStem.pathBytes)
        var taken: Set<[UInt8]> = []
        var names: [String] = []
        for input in inputs {
            let isAlone = stems[input.tableStem.pathBytes]?.count == 1
            let name = "\(isAlone ? input.tableStem : input.path.fileName).\(format.rawValue)"
            guard taken.insert(name.pathBytes).inserted else {
                throw LandmarkdError(
                    .usage, "\(input.path): another input would be written to \(name) too",
                    remedy: "track them in separate runs with different folders after -o")
            }
            names.append(name)
        }
        return names
    }

    private func refuseOverwriting() throws(LandmarkdError) {
        let inputs = Set(jobs.compactMap { FileIdentity(path: $0.input.path) })
        for job in jobs { try refuseInput(inputs, job.table) }
    }
}

/// Throws `.usage` where `output`, or its partial file, is one of the inputs.
func refuseInput(_ inputs: Set<FileIdentity>, _ output: String) throws(LandmarkdError) {
    if output == "-" { return }
    let partial = try OutputFile(output).partialPath
    for path in [output] + (partial.map { [$0] } ?? []) {
        if let identity = FileIdentity(path: path), inputs.contains(identity) {
            throw LandmarkdError(.usage, "\(path): would replace an input", remedy: "name another file after -o")
        }
    }
}
