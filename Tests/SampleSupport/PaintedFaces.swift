import Base
import FaceTracking
import TestSupport
import Training

/// Faces of nobody: landmarks on grey pictures whose level is the column (even faces) or the row (odd ones), so that any
/// place of a crop tells where in the picture it came from.
struct PaintedFaces {
    let folder: TemporaryFolder
    let faces: FaceSet
    let negatives: PictureSet

    init(count: Int = 6) throws {
        folder = try TemporaryFolder()
        var annotated: [AnnotatedFace] = []
        for number in 0..<count {
            let path = folder.path("face\(number).pgm")
            let points = Self.shape(number)
            try writeFile(path, Self.ramp(size: 240, alongRows: number.isMultiple(of: 2)))
            annotated.append(
                AnnotatedFace(
                    file: path, set: number == 0 ? "ytfaces" : "painted", split: .train, group: "\(number)",
                    points: points,
                    scheme: .ibug68, size: PixelSize(width: 240, height: 240), source: "painted:\(number)"))
        }
        let empty = folder.path("nobody.pgm")
        try writeFile(empty, Self.ramp(size: 200, alongRows: true))
        faces = try FaceSet(annotated)
        negatives = try PictureSet([empty])
    }

    /// Points far apart, with eyes left and right, mirrored pairs mirrored; each face turned and shifted otherwise.
    static func shape(_ number: Int) -> [Point] {
        var points: [Point] = []
        for i in 0..<68 {
            let mirror = LandmarkScheme.ibug68.mirror![i]
            let row = Double(min(i, mirror) % 17) / 17
            let column = Double(min(i, mirror) / 17 + 1) / 5
            points.append(Point(mirror == i ? 0 : i < mirror ? -column : column, row - 0.5))
        }
        let turn = SimilarityMap(
            scale: 100, angle: 0.1 * Double(number - 2), from: .zero, to: Point(115 + 3 * Double(number), 130))
        return turn(points)
    }

    /// A PGM file.
    static func ramp(size: Int, alongRows: Bool) -> [UInt8] {
        Array("P5\n\(size) \(size)\n255\n".utf8) + (0..<size * size).map { UInt8(alongRows ? $0 % size : $0 / size) }
    }
}
