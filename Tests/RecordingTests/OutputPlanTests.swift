import Base
import Capture
import TestSupport
import Testing

@testable import Service

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
        let fault = #expect(throws: LandmarkdError.self) { try tables(["1/a.mp4", "2/a.mp4"], nil) }
        #expect(fault?.exitCode == .usage)
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
