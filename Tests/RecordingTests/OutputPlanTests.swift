import Capture
import TestSupport
import Testing

@testable import Base
@testable import Recording

@Suite struct OutputPlanTests {
    @Test func oneRecordingGoesToTheCurrentFolderOrTheNamedFile() throws {
        #expect(try tables(["day/a.b.mp4"], nil) == ["a.b.csv"])
        #expect(try tables(["day/a.mp4"], "x.txt") == ["x.txt"])
        #expect(try tables(["day/a.mp4"], "-") == ["-"])
        #expect(try tables(["a.mp4"], nil, format: .jsonl) == ["a.jsonl"])
        let folder = try TemporaryFolder()
        #expect(try tables(["a.mp4"], folder.path) == [folder.path("a.csv")])
    }

    @Test func severalGoToAFolderThatIsMade() throws {
        let folder = try TemporaryFolder()
        #expect(
            try tables(["a.mp4", "b.mp4"], folder.path("new")) == [folder.path("new/a.csv"), folder.path("new/b.csv")])
        #expect(folder.names == ["new"])
        #expect(try tables(["a.mp4"], folder.path("other"), isMany: true) == [folder.path("other/a.csv")])
        #expect(throws: LandmarkdError.self) { try tables(["a.mp4", "b.mp4"], "-") }
        #expect(throws: LandmarkdError.self) { try tables(["a.mp4", "b.mp4"], folder.path("no/such")) }
    }

    @Test func likeNamesAreKeptApart() throws {
        #expect(try tables(["a.mp4", "a.png", "b.png"], nil) == ["a.mp4.csv", "a.png.csv", "b.csv"])
        #expect(try tables(["1/a.mp4", "2/a.mp4"], nil) == ["1/a.csv", "2/a.csv"])
        #expect(try tables(["d/1/a.mp4", "d/2/a.mp4", "d/2/b.mp4"], nil) == ["1/a.csv", "2/a.csv", "2/b.csv"])
        #expect(try tables(["1/a.mp4", "2/a.mp4", "2/a.mkv"], nil) == ["1/a.csv", "2/a.mp4.csv", "2/a.mkv.csv"])
        let fault = #expect(throws: LandmarkdError.self) { try tables(["1/a.mp4", "1/a.mp4"], nil) }
        #expect(fault?.exitCode == .usage)
    }

    @Test func tablesMirrorTheFoldersOfRecordings() throws {
        let files = [("day", ""), ("day/s1", "s1/"), ("day/s2", "s2/")].map {
            MediaFile(path: "\($0)/rec.mp4", subfolder: $1)
        }
        let plan = try OutputPlan(inputs: files, output: nil, format: .csv, isMany: true)
        #expect(plan.jobs.map(\.table) == ["rec.csv", "s1/rec.csv", "s2/rec.csv"])
    }

    /// Links and ".." do not lead out of the output folder.
    @Test func foldersOfTheSameNameAreToldApartByTheirRealPaths() throws {
        let folder = try TemporaryFolder()
        for name in ["x/day/a.mp4", "y/day/a.mp4"] {
            try makeFolders(above: folder.path(name))
            try writeFile(folder.path(name), [1])
        }
        let inputs = [folder.path("x/../x/day/a.mp4"), folder.path("y/day/../day/a.mp4")]
        #expect(try tables(inputs, nil) == ["x/day/a.csv", "y/day/a.csv"])
    }

    @Test func aManifestNamesTablesOrLeavesThatToUs() throws {
        let folder = try TemporaryFolder()
        func plan(_ rows: String) throws -> [String] {
            try writeFile(folder.path("m.csv"), Array("input,output\n\(rows)".utf8))
            let plan = try OutputPlan(Manifest(path: folder.path("m.csv")), output: folder.path("t"), format: .csv)
            return plan.jobs.map { String($0.table.dropFirst(folder.path.count + 1)) }
        }
        #expect(try plan("d/a.mp4,date=1/x.csv\nd/b.mp4,\n") == ["t/date=1/x.csv", "t/b.csv"])
        #expect(try plan("a.mp4,1/x.csv\na.mp4,2/x.csv\n") == ["t/1/x.csv", "t/2/x.csv"])
        let fault = #expect(throws: LandmarkdError.self) { try plan("a.mp4,x.csv\nb.mp4,./x.csv\n") }
        #expect(fault?.exitCode == .unusableData && fault?.cause.contains("m.csv:3: ") == true)
        let other = #expect(throws: LandmarkdError.self) { try plan("a.mp4,x.jsonl\n") }
        #expect(other?.exitCode == .usage)
    }

    /// Patterns and folders of pictures in a manifest are what they are on the command line.
    @Test func aManifestNamesSequences() throws {
        let folder = try TemporaryFolder()
        try makeFolders(above: folder.path("frames/1.png"))
        try writeFile(
            folder.path("m.csv"), Array("input\n\(folder.path)/frames/%d.png\n50%.mp4\n\(folder.path("frames"))\n".utf8)
        )
        let manifest = try Manifest(path: folder.path("m.csv"))
        var input = InputOptions()
        let fault = #expect(throws: LandmarkdError.self) {
            try OutputPlan(manifest, output: folder.path("t"), format: .csv, input: input)
        }
        #expect(fault?.exitCode == .usage && fault?.cause.hasSuffix("/frames/%d.png: pictures have no times") == true)
        #expect(FileIdentity(path: folder.path("t")) == nil)
        (input.rate, input.foldersAreSequences) = (FrameRate("25"), true)
        let plan = try OutputPlan(manifest, output: folder.path("t"), format: .csv, input: input)
        #expect(plan.jobs.map(\.input.isSequence) == [true, false, true])
    }

    @Test func inputsAreNotReplaced() throws {
        let folder = try TemporaryFolder()
        let input = folder.path("a.mp4")
        try writeFile(input, [1])
        for output in [input, "\(folder.path)/../\(folder.path.fileName)/a.mp4"] {
            let fault = #expect(throws: LandmarkdError.self) { try tables([input], output) }
            #expect(fault?.exitCode == .usage)
        }
    }

    private func tables(
        _ inputs: [String], _ output: String?, format: TableFormat = .csv, isMany: Bool = false
    ) throws -> [String] {
        let files = inputs.map { MediaFile(path: $0) }
        return try OutputPlan(inputs: files, output: output, format: format, isMany: isMany).jobs.map(\.table)
    }
}
