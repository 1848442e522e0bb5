import Base
import Capture

/// Which file each recording's results go to.
package struct OutputPlan: Sendable {
    package struct Job: Sendable, Equatable {
        package let input: MediaFile
        /// The table's path; "-" for standard output.
        package let table: String
        /// The same from the plan's folder: "sub01/rec.csv".
        package let name: String
        /// Whether missing folders above the table are created: not where its path was typed.
        package let makesFolders: Bool
    }

    /// Holds all tables but those of a manifest's absolute paths; with a slash at the end, "" for the current one.
    package let folder: String
    package private(set) var jobs: [Job]
    /// Whether there is one recording, whose table was named or goes to the current folder.
    package let isSingle: Bool

    /// `output`: "-" or a file for one recording, a folder (created if missing) for several, and where `isMany` says that there
    /// could have been several; nil: the current folder. Tables are named as `TableNames` says.
    ///
    /// Throws `.usage` where an output would replace an input or another output, `.cannotCreate` for the folder.
    package init(
        inputs: [MediaFile], output: String?, format: TableFormat, isMany: Bool
    ) throws(LandmarkdError) {
        isSingle = inputs.count == 1 && !isMany
        if isSingle, let output, !Self.isFolder(output) {
            folder = output.folderPart
            jobs = [Job(input: inputs[0], table: output, name: output.fileName, makesFolders: false)]
        } else {
            let names = TableNames(of: inputs, format).names
            if let twin = firstTwin(names) {
                throw LandmarkdError(
                    .usage, "\(inputs[twin].path): another input would be written to \(names[twin]) too",
                    remedy: "name each recording once, or track them in separate runs with different folders after -o")
            }
            if output == "-" {
                throw LandmarkdError(
                    .usage, "-o -: standard output takes one recording", remedy: "name a folder after -o")
            }
            let folder = try makeFolder(output)
            self.folder = folder
            jobs = zip(inputs, names).map { Job(input: $0, table: folder + $1, name: $1, makesFolders: true) }
        }
        try refuseOverwriting()
        for job in jobs { try format.refuseName(job.table) }
    }

    /// The recordings of a manifest. Its outputs are relative to the folder `output`, or to the current one; those without are named
    /// as `TableNames` says.
    ///
    /// Throws as above, `.unusableData` with the lines where two recordings would become one table.
    package init(
        _ manifest: Manifest, output: String?, format: TableFormat, input: InputOptions = InputOptions()
    ) throws(LandmarkdError) {
        if output == "-" {
            throw LandmarkdError(
                .usage, "-o -: a manifest's tables do not go to standard output", remedy: "name a folder after -o")
        }
        let entries = manifest.entries
        var inputs: [MediaFile] = []
        for entry in entries { inputs.append(try input.recording(entry.input)) }
        let folder = try makeFolder(output)
        let unnamed = entries.indices.filter { entries[$0].output == nil }
        let made = Dictionary(
            uniqueKeysWithValues: zip(unnamed, TableNames(of: unnamed.map { inputs[$0] }, format).names))
        let names = entries.indices.map { entries[$0].output ?? made[$0] ?? "" }
        if let twin = firstTwin(names) {
            throw LandmarkdError(
                .unusableData, "\(manifest.path):\(entries[twin].line): another line writes \(names[twin]) too",
                remedy: "give each recording an output of its own")
        }
        (self.folder, isSingle) = (folder, false)
        jobs = zip(inputs, names).map {
            Job(input: $0, table: $1.hasPrefix("/") ? $1 : folder + $1, name: $1, makesFolders: true)
        }
        try refuseOverwriting()
        for job in jobs { try format.refuseName(job.table) }
    }

    /// Leaves only the jobs of one part.
    mutating func keep(_ shard: Shard) { jobs = shard.part(of: jobs) }

    private static func isFolder(_ path: String) -> Bool {
        path.hasSuffix("/") || FileIdentity(path: path)?.isFolder == true
    }

    private func refuseOverwriting() throws(LandmarkdError) {
        var taken: [Job] = []
        for job in jobs where job.table != "-" {
            let partial = try OutputFile(job.table).partialPath
            if FileIdentity(path: job.table) != nil || partial.flatMap({ FileIdentity(path: $0) }) != nil {
                taken.append(job)
            }
        }
        if taken.isEmpty { return }
        let inputs = Set(jobs.compactMap { FileIdentity(path: $0.input.path) })
        for job in taken { try refuseInput(inputs, job.table) }
    }
}

/// What the tables of recordings are called: as the recordings, in the same subfolders, with the format's ending.
///
/// Recordings of one folder that differ in their endings only keep these: `a.mp4.csv`, `a.mkv.csv`. Where recordings of different
/// folders would still share a table, all keep their folders below the one that holds all of them: `day1/a.csv`, `day2/a.csv`.
struct TableNames {
    let names: [String]

    init(of inputs: [MediaFile], _ format: TableFormat) {
        let plain = Self.names(inputs, in: inputs.map(\.subfolder), format)
        let isClear = firstTwin(plain) == nil
        names = isClear ? plain : Self.names(inputs, in: Self.commonlyRooted(inputs), format)
    }

    private static func names(_ inputs: [MediaFile], in folders: [String], _ format: TableFormat) -> [String] {
        let stems = zip(inputs, folders).map { $1 + $0.tableStem }
        // By bytes: to Swift, an accent of its own and an accented letter are the same name.
        let counts = Dictionary(stems.map { ($0.pathBytes, 1) }, uniquingKeysWith: +)
        return inputs.indices.map { index in
            let isAlone = counts[stems[index].pathBytes] == 1
            let name = isAlone ? stems[index] : folders[index] + inputs[index].path.fileName
            return "\(name).\(format.rawValue)"
        }
    }

    /// The folders of files below the folder that holds all: "day1/", "day2/".
    private static func commonlyRooted(_ inputs: [MediaFile]) -> [String] {
        let paths = inputs.map { input in
            (OutputFile.folder(input.path) ?? input.path.folderPart).utf8.split(separator: UInt8(ascii: "/"))
                .map { String(Substring($0)) }
        }
        var common = paths.first ?? []
        for path in paths {
            common = Array(zip(common, path).prefix { $0.pathBytes == $1.pathBytes }.map(\.0))
        }
        return paths.map { $0.dropFirst(common.count).map { "\($0)/" }.joined() }
    }
}

/// The first place of a path that stands in the list before; "./a" and "a" are the same.
func firstTwin(_ paths: [String]) -> Int? {
    var seen: Set<[UInt8]> = []
    return paths.firstIndex { path in
        let parts = path.pathBytes.split(separator: UInt8(ascii: "/")).filter { Array($0) != [UInt8(ascii: ".")] }
        let root = path.hasPrefix("/") ? [UInt8(ascii: "/")] : []
        return !seen.insert(root + parts.joined(separator: [UInt8(ascii: "/")])).inserted
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
