import TestSupport
import Testing

/// A tenth of what `Tests/system/camera-faults` plays by itself: the program with 26 cameras, of which one has no faults.
@Suite(
    .ownThread, .enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"),
    .enabled(if: hasProgram("python3"), "needs python3"))
struct CameraFaultSequenceTests {
    @Test func aHundredRandomSequencesLoseNothing() throws {
        let camfs = try #require(sharedFile("live/camfs/camfs.c"))
        let result = try run(
            "\(packageFolder)/Tests/system/camera-faults",
            [builtProgram("landmarkd"), "--sequences", "100", "--cameras", "25", "--seed", "13", "--camfs", camfs])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("100 of 100 sequences"))
    }
}
