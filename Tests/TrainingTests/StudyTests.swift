import Base
import SampleSupport
import TestSupport
import Testing

@testable import Samples
@testable import Training

/// A study of two tiny networks on painted faces.
@Suite struct StudyTests {
    private let data: TemporaryFolder
    private let recipes: TemporaryFolder
    private let output: TemporaryFolder

    init() throws {
        (data, recipes, output) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        let names = (0..<68).map { "x\($0),y\($0)" }.joined(separator: ",")
        var table = "file,set,split,group,width,height,points,\(names)\n"
        for number in 0..<12 {
            try writeFile(data.path("face\(number).pgm"), PaintedFaces.ramp(size: 240, alongRows: number % 2 == 0))
            let points = PaintedFaces.shape(number % 6).map { "\(decimal($0.x, 3)),\(decimal($0.y, 3))" }
            table += "face\(number).pgm,painted,train,g\(number),240,240,68,\(points.joined(separator: ","))\n"
        }
        try writeFile(data.path("annotations.csv"), Array(table.utf8))
        let common = "crop: 32\nwidth: 8\ndeep_width: 8\nsamples: 24\nbatch: 8\nvalidation_share: 0.5\n"
        try writeFile(recipes.path("a.yaml"), Array(("# plain | first\n" + common + "attention: false\n").utf8))
        try writeFile(recipes.path("b.yaml"), Array((common + "stem: patches\n").utf8))
    }

    private func run(_ change: (inout StudyRun.Options) -> Void = { _ in }) throws -> (
        results: [StudyResult], steps: Int
    ) {
        var options = StudyRun.Options(
            folders: [data.path], recipes: recipes.path, output: output.path + "/")
        change(&options)
        var steps = 0
        let results = try StudyRun(options).run(
            isStopped: { false }, observer: { if case .training(.step) = $0 { steps += 1 } })
        return (results, steps)
    }

    @Test func whatIsTrainedIsNotTrainedAgain() throws {
        let first = try run()
        #expect(first.steps > 0 && first.results.map(\.name) == ["a", "b"])
        let again = try run()
        #expect(again.steps == 0)
        #expect(again.results.map(\.errors) == first.results.map(\.errors))
        #expect(again.results.allSatisfy { $0.samples == 24 && $0.errors.count == 3 && $0.multiplyAdds > 0 })
        // Another network by the same name is trained again.
        try writeFile(
            recipes.path("a.yaml"),
            Array("crop: 32\nwidth: 16\ndeep_width: 8\nsamples: 24\nbatch: 8\nvalidation_share: 0.5\n".utf8))
        #expect(try run().steps > 0)
    }

    @Test func theTableStandsBetweenItsMarks() throws {
        let results = try run { $0.only = ["a"] }.results
        let table = StudyTable(results)
        try writeFile(
            output.path("README.md"),
            Array("before\n<!-- study: begin -->\nstale\n<!-- study: end -->\nafter\n".utf8))
        try table.write(into: output.path("README.md"), picture: "study.png")
        try table.write(into: output.path("README.md"), picture: "study.png")
        let text = String(decoding: try readFile(output.path("README.md"), atMost: 1 << 20), as: UTF8.self)
        #expect(text.hasPrefix("before\n<!-- study: begin -->\n| recipe | what |") && text.hasSuffix("-->\nafter\n"))
        #expect(text.contains("| `a` |") && text.contains("(study.png)") && !text.contains("stale"))
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(Set(rows.map { $0.count { $0 == "|" } }).count == 1, "rows with equally many cells")
        try table.drawPicture(to: output.path("study.png"))
        #expect(try readFile(output.path("study.png"), atMost: 1 << 24).starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let error = #expect(throws: LandmarkdError.self) {
            try table.write(into: data.path("annotations.csv"), picture: "p")
        }
        #expect(error?.exitCode == .unusableData)
    }

    @Test func foldersWithoutRecipesAndDifferentSplitsAreRefused() throws {
        var error = #expect(throws: LandmarkdError.self) { try run { $0.recipes = data.path } }
        #expect(error?.exitCode == .noInput)
        error = #expect(throws: LandmarkdError.self) { try run { $0.only = ["c"] } }
        #expect(error?.exitCode == .noInput)
        try writeFile(recipes.path("c.yaml"), Array("validation_share: 0.2\n".utf8))
        error = #expect(throws: LandmarkdError.self) { try run() }
        #expect(error?.exitCode == .wrongSettings && error?.cause.contains("c.yaml") ?? false)
    }
}
