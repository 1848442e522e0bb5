@testable import Base
@testable import FaceTracking
@testable import Measures
@testable import Results
@testable import Service

/// A face that looks as the mean head does in this pose (degrees, millimetres) to the usual camera of 640×480.
func posedFace(
    id: Int = 1, pitch: Double = 0, yaw: Double = 0, roll: Double = 0, at translation: SIMD3<Double> = SIMD3(0, 0, 600),
    eyes: (right: Double, left: Double) = (1, 1),
    mouth: MouthMeasures = MouthMeasures(opening: 0, width: 0.6, rightBrow: 0.25, leftBrow: 0.25)
) -> TrackedFace {
    let pose = HeadPose(translation: translation, rotation: SIMD3(pitch, yaw, roll) * (.pi / 180))
    let rotation = Rotation(angles: pose.rotation)
    let camera = Camera(width: 640, height: 480)
    let points = MeanHead.points.map { camera.project(rotation($0) + translation) }
    let opening = EyeMeasures(
        right: EyeOpening(ratio: 0.3, relative: eyes.right), left: EyeOpening(ratio: 0.3, relative: eyes.left))
    return TrackedFace(
        id: id, confidence: 0.9, box: Box(around: points), points: points,
        pointConfidence: (0..<68).map { Double($0) / 100 },
        measures: FaceMeasures(pose: pose, eyes: opening, mouth: mouth))
}

func posedResult(_ faces: [TrackedFace], time: Double = 1_795_651_198) -> StreamResult {
    StreamResult(
        stream: "a", result: FrameResult(frame: 1, time: time, faces: faces), latency: 0.01, width: 640, height: 480)
}

/// Reads numbers of a packet one after the other, in either order of bytes.
struct PacketReader {
    private let bytes: [UInt8]
    private(set) var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func byte() -> UInt8 {
        defer { place += 1 }
        return place < bytes.count ? bytes[place] : 0
    }

    mutating func little(_ count: Int) -> UInt64 { (0..<count).reduce(0) { $0 | UInt64(byte()) << UInt64(8 * $1) } }
    mutating func big(_ count: Int) -> UInt64 { (0..<count).reduce(0) { sum, _ in sum << 8 | UInt64(byte()) } }
    mutating func double() -> Double { Double(bitPattern: little(8)) }
    mutating func float() -> Double { Double(Float(bitPattern: UInt32(little(4)))) }
    mutating func floats(_ count: Int) -> [Double] { (0..<count).map { _ in float() } }
}

/// Whether all numbers are nearly those wanted.
func near(_ numbers: [Double], _ wanted: [Double], within: Double = 1e-3) -> Bool {
    numbers.count == wanted.count && zip(numbers, wanted).allSatisfy { abs($0 - $1) <= within }
}
