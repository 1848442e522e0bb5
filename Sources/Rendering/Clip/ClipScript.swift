import Base
import Glibc

/// Description of a synthetic clip: the same script gives the same bytes.
package struct ClipScript: Sendable {
    /// A person and their motion, as functions of time in seconds.
    package struct Part: Sendable {
        package var person: Person
        /// Nil while they are not in the picture.
        package var pose: @Sendable (Double) -> Pose?
        package var expression: @Sendable (Double) -> FaceExpression
        /// Neck and shoulders are drawn too.
        package var hasBody = true

        package init(
            person: Person, pose: @escaping @Sendable (Double) -> Pose?,
            expression: @escaping @Sendable (Double) -> FaceExpression = { _ in FaceExpression() }
        ) {
            (self.person, self.pose, self.expression) = (person, pose, expression)
        }
    }

    package var width = 640
    package var height = 480
    /// Frames in a second.
    package var frameRate = 30.0
    package var frameCount: Int
    /// Drawn in this order: the last is in front.
    package var parts: [Part]
    /// Pixels a second by which the background moves.
    package var backgroundVelocity = Point(24, 7)
    /// Standard deviation of the sensor's noise in samples of Y; half as much in Cb and Cr.
    package var noise = 2.5
    /// Part of the light that comes from the left of the picture, −1…1, by the time in seconds.
    package var light: @Sendable (Double) -> Double = { _ in 0 }
    /// Seed of background and noise.
    package var seed: UInt64

    package init(frameCount: Int, parts: [Part], seed: UInt64) {
        (self.frameCount, self.parts, self.seed) = (frameCount, parts, seed)
    }

    /// Seconds from the first frame.
    package func time(of frame: Int) -> Double { Double(frame) / frameRate }
}

/// The clip of `landmarkd demo`: ten seconds of the average face before a moving background.
package enum DemoClip {
    package static let seconds = 10.0

    /// 640×480, 30 frames a second; the same seed, the same clip.
    package static func script(seed: UInt64 = 5) -> ClipScript {
        let act = Performance(
            scale: 100, center: Point(320, 232), sway: Point(60, 18), duration: seconds, seed: seed)
        let part = ClipScript.Part(person: .average, pose: { act.pose($0) }, expression: { act.expression($0) })
        var script = ClipScript(frameCount: Int(seconds * 30), parts: [part], seed: seed)
        script.light = { 0.7 * sin(0.9 * $0) }
        return script
    }
}

/// Natural-looking motion of one head: it turns, leans, comes nearer, speaks and blinks.
package struct Performance: Sendable {
    /// Largest angles in radians.
    package var yaw = 0.38
    package var pitch = 0.2
    package var roll = 0.26
    /// The face grows and shrinks by this part.
    package var zoom = 0.22
    /// Pixels to the outer-eye distance at rest.
    package var scale: Double
    /// Middle of its path, in pixels, and how far it goes.
    package var center: Point
    package var sway: Point

    private let phases: [Double]
    private let blinks: [Double]
    private let syllables: [Double]

    /// Blinks are laid out for `duration` seconds.
    package init(scale: Double, center: Point, sway: Point = Point(40, 16), duration: Double, seed: UInt64) {
        (self.scale, self.center, self.sway) = (scale, center, sway)
        var random = SplitMix64(seed: seed, index: 99)
        phases = (0..<16).map { _ in random.uniform(0, 2 * .pi) }
        var blinks: [Double] = []
        var next = random.uniform(0.8, 1.8)
        while next < duration {
            blinks.append(next)
            next += random.uniform(1.4, 3.2)
        }
        self.blinks = blinks
        syllables = (0..<64).map { _ in random.uniform(0.25, 1) }
    }

    package func pose(_ time: Double) -> Pose {
        let near = exp(zoom * wave(time, 0.11, 6))
        return Pose(
            yaw: yaw * (0.75 * wave(time, 0.19, 0) + 0.25 * wave(time, 0.43, 1)),
            pitch: pitch * (0.7 * wave(time, 0.23, 2) + 0.3 * wave(time, 0.57, 3)),
            roll: roll * (0.8 * wave(time, 0.15, 4) + 0.2 * wave(time, 0.39, 5)), scale: scale * near,
            position: center + sway * Point(wave(time, 0.13, 7), wave(time, 0.17, 8)))
    }

    package func expression(_ time: Double) -> FaceExpression {
        FaceExpression(
            mouth: speech(time), smile: 0.03 + 0.07 * wave(time, 0.09, 9), brows: 0.03 * wave(time, 0.31, 10),
            blink: blink(time))
    }

    /// A sinusoid in −1…1 with its own phase; `frequency` in hertz.
    private func wave(_ time: Double, _ frequency: Double, _ phase: Int) -> Double {
        sin(2 * .pi * frequency * time + phases[phase])
    }

    /// About four syllables a second, in sentences with pauses.
    private func speech(_ time: Double) -> Double {
        let beat = time * 4.1
        let syllable = Int(beat) % syllables.count
        let opening = sin(.pi * (beat - beat.rounded(.down)))
        let sentence = max(0, min(1, 1.5 * wave(time, 0.27, 11) + 0.9))
        return 0.16 * sentence * syllables[syllable] * opening * opening
    }

    /// 0.1 s shutting, 0.05 s shut, 0.15 s opening.
    private func blink(_ time: Double) -> Double {
        for start in blinks where start <= time && time < start + 0.3 {
            let since = time - start
            return since < 0.1 ? since / 0.1 : since < 0.15 ? 1 : (0.3 - since) / 0.15
        }
        return 0
    }
}
