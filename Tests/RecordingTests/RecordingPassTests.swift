import Testing

@testable import Base
@testable import FaceTracking
@testable import Recording

@Suite struct RecordingPassTests {
    @Test(arguments: [1, 2, 4]) func everyDecodedFrameHasARow(threads: Int) throws {
        let output = CollectingOutput()
        let summary = try pass(threads: threads).run(PlayedSource(40, broken: [1, 17]), CountingTracker()) { _ in
            [output]
        }
        #expect(output.results.map(\.frame) == Array(1...40))
        #expect(output.results.map(\.time) == (0..<40).map { Double($0) / 25 })
        #expect(output.results[0].faces.isEmpty && output.results[16].faces.isEmpty, "broken frames have nobody")
        #expect(output.results[39].faces[0].points[0] == SIMD2(38, 40), "the tracker sees frames in order, each once")
        #expect(output.framesWithPicture == 38)
        #expect(output.end == "finished")
        #expect((summary.frames, summary.brokenFrames, summary.framesWithFaces) == (40, 2, 31))
    }

    @Test(arguments: [1, 2]) func anInterruptionKeepsTheRows(threads: Int) throws {
        let output = CollectingOutput()
        var pass = pass(threads: threads)
        pass.isInterrupted = { output.results.count == 7 }
        let fault = #expect(throws: LandmarkdError.self) {
            _ = try pass.run(PlayedSource(1000), CountingTracker()) { _ in [output] }
        }
        #expect(fault?.exitCode == .interrupted)
        #expect(fault?.cause == "clip: interrupted after 7 frames, kept in clip.csv.partial")
        #expect(output.end == "interrupted")
    }

    @Test(arguments: [1, 2]) func aFaultOfTheSourceKeepsTheRows(threads: Int) throws {
        let output = CollectingOutput()
        let fault = #expect(throws: LandmarkdError.self) {
            _ = try pass(threads: threads).run(PlayedSource(50, failsAt: 30), CountingTracker()) { _ in [output] }
        }
        #expect(fault?.exitCode == .inputOutput)
        #expect(output.results.count == 30 && output.end == "interrupted")
    }

    @Test func aRecordingWithoutPicturesIsUnusableAndLeavesNoTable() throws {
        let fault = #expect(throws: LandmarkdError.self) {
            _ = try pass(threads: 2).run(PlayedSource(0), CountingTracker()) { _ in
                Issue.record("outputs were made")
                return []
            }
        }
        #expect(fault?.exitCode == .unusableData && fault?.cause == "clip: no picture in it")
    }

    @Test func coordinatesThatAreNoNumbersEndTheRecording() throws {
        final class LostTracker: FaceTracker {
            let pointCount = 1
            let searches = 0
            func reset() {}
            func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
                let box = Box(low: .zero, high: .zero)
                return [TrackedFace(id: 1, confidence: 1, box: box, points: [SIMD2(.nan, 0)], pointConfidence: [1])]
            }
        }
        let fault = #expect(throws: LandmarkdError.self) {
            _ = try pass(threads: 1).run(PlayedSource(3), LostTracker()) { _ in [] }
        }
        #expect(fault?.exitCode == .unusableData)
    }

    private func pass(threads: Int) -> RecordingPass {
        var pass = RecordingPass(name: "clip")
        pass.threads = threads
        pass.isInterrupted = { false }
        return pass
    }
}
