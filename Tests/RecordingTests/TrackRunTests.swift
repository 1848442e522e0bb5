import Capture
import TestSupport
import Testing

@testable import Base
@testable import Recording

@Suite struct TrackRunTests {
    @Test(arguments: [1, 3]) func oneBadFileDoesNotStopTheOthers(threads: Int) throws {
        let folder = try TemporaryFolder()
        for name in ["a.png", "b.png", "d.png"] { try writePicture(folder.path(name)) }
        try writeFile(folder.path("c.png"), Array("no picture".utf8))
        let tables = folder.path("tables/")
        #expect(try code([folder.path], tables, threads: threads) == .unusableData)
        #expect(try files(tables).keys.sorted() == ["a.csv", "b.csv", "d.csv"])
    }

    @Test func tablesAreTheSameForAnyNumberOfThreads() throws {
        let folder = try TemporaryFolder()
        for index in 0..<7 { try writePicture(folder.path("\(index).png"), seed: UInt8(index)) }
        #expect(try code([folder.path], folder.path("1"), threads: 1) == nil)
        #expect(try code([folder.path], folder.path("4"), threads: 4) == nil)
        #expect(try files(folder.path("1")).count == 7)
        #expect(try files(folder.path("1")) == files(folder.path("4")))
    }

    @Test func inputsThatAreMissingAreToldAndLeftOut() throws {
        let folder = try TemporaryFolder()
        try writePicture(folder.path("a.png"))
        let inputs = [folder.path("missing.mp4"), folder.path("a.png"), folder.path("gone")]
        #expect(try code(inputs, folder.path("tables"), threads: 1) == .noInput)
        #expect(try files(folder.path("tables")).keys.sorted() == ["a.csv"])
        let fault = #expect(throws: LandmarkdError.self) { try code([inputs[0], inputs[2]], nil, threads: 1) }
        #expect(fault?.exitCode == .noInput)
    }

    @Test func anInterruptionLeavesTheRest() throws {
        let folder = try TemporaryFolder()
        for name in ["a.png", "b.png"] { try writePicture(folder.path(name)) }
        let plan = try OutputPlan(
            inputs: mediaFiles(in: [folder.path]), output: folder.path("t"), format: .csv, isMany: true)
        var batch = RecordingBatch(jobs: plan.jobs, options: RecordingBatch.Options())
        batch.isInterrupted = { FileIdentity(path: folder.path("t/a.csv")) != nil }
        let observer = RecordingBatch.Observer(progress: { _, _, _ in }, ended: { _, _ in })
        let outcomes = try batch.run(makeTracker: { CountingTracker() }, observer: observer)
        #expect(outcomes.map { $0 == nil } == [false, true])
    }

    private func code(_ inputs: [String], _ output: String?, threads: Int) throws -> ExitCode? {
        var options = RecordingBatch.Options()
        options.threads = threads
        var run = TrackRun(inputs: inputs, output: output, options: options)
        run.quiet = true
        return try run.run { CountingTracker() }
    }

    private func writePicture(_ path: String, seed: UInt8 = 0) throws {
        let picture = PixelBuffer(width: 16, height: 16)
        for index in 0..<256 { picture.plane(0)[index] = UInt8(truncatingIfNeeded: index) &+ seed }
        try writePNG(picture, to: path)
    }

    private func files(_ folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in folderNames(folder) where !name.hasPrefix(".") {
            files[name] = try readFile("\(folder)/\(name)", atMost: 1 << 20)
        }
        return files
    }
}
