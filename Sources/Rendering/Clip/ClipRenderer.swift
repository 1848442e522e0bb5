import Base
import FaceTracking

/// One picture of a synthetic clip and the exact places of the landmarks in it.
package struct RenderedFrame: Sendable {
    /// Seconds from the first frame.
    package let time: Double
    /// 4:2:0, limited range.
    package let picture: PixelBuffer
    /// 68 points for each part of the script, nil where it is not in the picture. An integer is a pixel's centre.
    package let faces: [[Point]?]

    /// The picture as decoders deliver them.
    package var frame: Frame { picture.frame(fullRange: false, time: time) }
}

/// Draws the frames of a script, in any order. Thread-bound.
package final class ClipRenderer {
    package let script: ClipScript
    private let figures: [Figure]
    private let backdrop: Backdrop
    private let canvas: LayeredCanvas

    package init(_ script: ClipScript, face: AverageFace) {
        precondition(script.width >= 2 && script.height >= 2, "a clip of \(script.width)×\(script.height)")
        self.script = script
        figures = script.parts.map { Figure(face, $0.person) }
        backdrop = Backdrop(seed: script.seed)
        canvas = LayeredCanvas(width: script.width, height: script.height)
    }

    /// Frame `index`, from 0.
    package func render(_ index: Int) -> RenderedFrame {
        let time = script.time(of: index)
        backdrop.draw(on: canvas, time: time, velocity: script.backgroundVelocity)
        var faces: [[Point]?] = []
        for (part, figure) in zip(script.parts, figures) {
            faces.append(
                part.pose(time).map { pose in
                    figure.draw(
                        on: canvas, pose, part.expression(time), light: script.light(time), hasBody: part.hasBody)
                })
        }
        var random = SplitMix64(seed: script.seed, index: UInt64(index))
        let picture = canvas.expose(noise: script.noise, seed: random.next())
        return RenderedFrame(time: time, picture: picture, faces: faces)
    }
}

/// How far tracked landmarks lie from those that were drawn, in % of the drawn outer-eye distance (points 36 and 45).
package struct DrawnError: Sendable {
    /// Mean error of each frame that was compared.
    package private(set) var frames: [Double] = []
    /// Frames in which a drawn face was not found.
    package private(set) var missed = 0

    package init() {}

    /// Compares one frame; `tracked` is nil where the face was not found.
    package mutating func add(tracked: [Point]?, drawn: [Point]) {
        guard let tracked else {
            missed += 1
            return
        }
        frames.append(Self.percent(tracked: tracked, drawn: drawn))
    }

    /// Mean over the frames; nil before the first.
    package var mean: Double? { frames.isEmpty ? nil : frames.reduce(0, +) / Double(frames.count) }

    /// The error that nine of ten frames stay below or at; nil before the first.
    package var ninetiethPercentile: Double? {
        frames.isEmpty ? nil : frames.sorted()[min(frames.count - 1, frames.count * 9 / 10)]
    }

    /// Mean distance of one face's points; 68 of each.
    package static func percent(tracked: [Point], drawn: [Point]) -> Double {
        precondition(
            tracked.count == AverageFace.landmarkCount && drawn.count == tracked.count,
            "\(tracked.count) points tracked and \(drawn.count) drawn, \(AverageFace.landmarkCount) of each expected")
        return 100 * LandmarkScheme.ibug68.meanError(of: tracked, truth: drawn)
    }
}
