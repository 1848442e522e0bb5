import Foundation
import Rendering
import TestSupport
import Testing

@testable import Base
@testable import Service

/// From a camera's device node to a result, with the shipped models.
@Suite(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"), .ownThread) struct CameraStreamTests {
    let lines = LogLines()

    @Test func aCameraIsFollowedOverStallsAndUnplugging() throws {
        let pictures = try swayingFace(frames: 30)
        let (door, hall) = (try camera(pictures), try camera(pictures))
        let models = try ModelFiles(folder: "\(packageFolder)/models")
        let supervisor = StreamSupervisor(
            dependencies: try .cascade(models: models, metrics: MetricsRegistry()), log: lines.log.logger())
        try supervisor.apply([stream("door", door), stream("hall", hall)])
        let state = try #require(supervisor.directory.state("door"))
        let other = try #require(supervisor.directory.state("hall"))
        #expect(waits { [state, other].allSatisfy { $0.status.tracked > 20 && $0.latest?.result.faces.count == 1 } })
        #expect(state.status.format?.encoding == "GREY")
        try expectFace(state)

        try door.tell("stall")
        #expect(waits { state.status.reasons == ["\(door.video): no frame for 0.5 s"] })
        try door.tell("go")
        #expect(waits { state.status.state == .delivering && state.status.isHealthy })

        try door.tell("unplug")
        #expect(waits { state.status.state == .waiting && !state.status.reasons.isEmpty })
        let (before, start) = (state.status.tracked, other.status.tracked)
        #expect(waits { other.status.tracked > start + 30 })
        #expect(state.status.tracked <= before + 1, "nothing comes from a camera that is away")
        try door.tell("replug")
        #expect(waits { state.status.tracked > before + 20 && state.latest?.result.faces.count == 1 })
        try expectFace(state)

        try door.tell("rate 3")
        #expect(waits { lines.containing("frames/s delivered, 15.0 promised").count > 0 }, "\(state.status.rate)")

        supervisor.stopAll()
        #expect(lines.containing("promised").count == 1)
        #expect(state.status.reconnects == 2)
        #expect(other.status.reconnects == 0 && other.status.isHealthy, "the other one never noticed")
        #expect(lines.containing("<4>door: ").count(where: { $0.contains("retrying until") }) == 2, "\(lines.all)")
        #expect(lines.containing("hall: ").count(where: { $0.contains("retrying until") }) == 0)
    }

    private func stream(_ name: String, _ camera: Camfs) -> StreamSettings {
        var settings = StreamSettings()
        (settings.name, settings.source, settings.stall) = (name, camera.video, 0.5)
        return settings
    }

    private func camera(_ pictures: [UInt8]) throws -> Camfs {
        try Camfs(modes: ["GREY:320x240@15"], frames: pictures)
    }

    /// The face is where it was drawn.
    private func expectFace(_ state: StreamState) throws {
        let face = try #require(state.latest?.result.faces.first)
        #expect(try #require(face.confidence) > 0.5)
        let centre = (face.box.low + face.box.high) / 2
        #expect((centre - Point(160, 120)).length < 60, "\(face.box)")
    }

    /// Grey pictures of a face that sways; the last goes over into the first.
    private func swayingFace(frames: Int) throws -> [UInt8] {
        let part = ClipScript.Part(
            person: .average,
            pose: { time in
                Pose(scale: 55, position: Point(160 + 15 * sin(time * 2 * .pi), 120))
            })
        var script = ClipScript(frameCount: frames, parts: [part], seed: 3)
        (script.width, script.height, script.backgroundVelocity) = (320, 240, .zero)
        let renderer = ClipRenderer(
            script, face: try AverageFace(path: "\(packageFolder)/models/average-face.safetensors"))
        return (0..<frames).flatMap { index in
            let picture = renderer.render(index).picture
            return withExtendedLifetime(picture) { Array(picture.plane(0)) }
        }
    }
}
