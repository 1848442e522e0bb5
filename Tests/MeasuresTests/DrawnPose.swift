import Rendering

@testable import Measures

extension Rotation {
    /// The rotation of a drawn head, in the axes of the camera.
    init(drawn pose: Pose) {
        let origin = pose.cameraPlace(Pose.axis)
        let right = pose.cameraPlace(Pose.axis + SIMD3(1, 0, 0)) - origin
        let down = pose.cameraPlace(Pose.axis + SIMD3(0, 1, 0)) - origin
        let away = pose.cameraPlace(Pose.axis + SIMD3(0, 0, -1)) - origin
        self.init(
            rows: (SIMD3(right.x, down.x, away.x), SIMD3(right.y, down.y, away.y), SIMD3(right.z, down.z, away.z)))
    }
}
