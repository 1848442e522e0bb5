import Rendering
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Measures

/// Heads whose pose is exactly known, as landmarks in a picture of 640×480.
enum DrawnHeads {
    static let camera = Camera(width: 640, height: 480)

    /// The landmarks of the mean head in a pose, without any error.
    static func points(
        _ rotation: Rotation, at translation: SIMD3<Double>, _ camera: Camera = camera
    ) -> [Point] {
        MeanHead.points.map { camera.project(rotation($0) + translation) }
    }

    /// The landmarks with normal noise of so many pixels along each axis.
    static func noisy(_ points: [Point], _ sigma: Double, seed: UInt64) -> [Point] {
        var random = SplitMix64(seed: seed)
        return points.map { $0 + Point(random.normal(), random.normal()) * sigma }
    }

    static func degrees(_ radians: Double) -> Double { radians * 180 / .pi }

    static func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
}
