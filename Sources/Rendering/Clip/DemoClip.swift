import FaceTracking
import Glibc

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
