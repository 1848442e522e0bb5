import Base
import Glibc

/// Everything that decides what a synthetic clip shows: the same script, the same bytes.
package struct ClipScript: Sendable {
    /// Somebody and what they do, by the time in seconds.
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
