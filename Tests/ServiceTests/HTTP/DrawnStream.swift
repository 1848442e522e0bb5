import Capture
import Foundation
import Measures
import Rendering
import TestSupport

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

/// A stream of a drawn face with its exact landmarks, published by a thread of its own, 25 frames a second, until it is stopped.
final class DrawnStream: Sendable {
    let state: StreamState
    private let isToStop = StopSignal()

    /// `people`: how many heads are in the picture, 1 or 2.
    init(_ name: String, people: Int, seed: UInt64, source: String) throws {
        state = StreamState(name: name)
        let face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let scene = Self.scene(people: people, seed: seed)
        Thread { [state, isToStop] in
            let renderer = ClipRenderer(scene, face: face)
            // Drawing takes longer than a frame: a few frames go to and fro.
            let frames = (0..<12).map { renderer.render($0) }
            state.update { status in
                status.format = LiveFormat(width: scene.width, height: scene.height, encoding: "YUYV", rate: 25)
                (status.state, status.source, status.rate) = (.delivering, source, 24.98)
            }
            var (number, meter) = (0, FaceMeter(.ibug68))
            while !isToStop.wait(seconds: 0.04) {
                let place = number % (2 * frames.count - 2)
                Self.publish(frames[min(place, 2 * frames.count - 2 - place)], number: number + 1, &meter, state)
                number += 1
            }
        }.start()
    }

    deinit { stop() }

    func stop() { isToStop.set() }

    private static func publish(
        _ frame: RenderedFrame, number: Int, _ meter: inout FaceMeter, _ state: StreamState
    ) {
        let faces = frame.faces.enumerated().compactMap { index, points in
            points.map {
                TrackedFace(
                    id: index + 1, confidence: 0.984 - 0.13 * Double(index), box: Box(around: $0), points: $0,
                    pointConfidence: Array(repeating: 0.9, count: $0.count))
            }
        }
        let time = Date().timeIntervalSince1970
        let measured = meter.measure(faces, time: time, width: frame.picture.width, height: frame.picture.height)
        let result = FrameResult(frame: number, time: time, faces: measured)
        state.update { status in
            (status.received, status.tracked) = (number + number / 40, number)
            status.dropped = number / 40
        }
        state.publish(
            StreamResult(
                stream: state.name, result: result, latency: 0.031, width: frame.picture.width,
                height: frame.picture.height), of: frame.frame)
    }

    private static func scene(people: Int, seed: UInt64) -> ClipScript {
        let width = 640.0
        let parts = (0..<people).map { index in
            let act = Performance(
                scale: people == 1 ? 130 : 88,
                center: Point(width * (Double(index) + 1) / Double(people + 1), 240), sway: Point(24, 10), duration: 4,
                seed: seed + UInt64(index))
            return ClipScript.Part(
                person: Person(seed: seed + UInt64(index)), pose: { act.pose($0) }, expression: { act.expression($0) })
        }
        return ClipScript(frameCount: 12, parts: parts, seed: seed)
    }
}
