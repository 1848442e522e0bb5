import FaceTracking
import Glibc
import Rendering

/// The average face's mesh: 68 landmarks, a rim outside of the jaw, and an arc along the hairline.
struct FaceMeshLayout {
    static let width = 208
    static let height = 250
    /// Texels to the outer-eye distance.
    static let density = 100.0
    /// Texel of the shapes' origin.
    static let origin = Point(103.5, 150)
    private static let foreheadDepth = 0.65

    /// Places in units, landmarks first.
    let template: [Point]
    /// The landmark that each vertex follows; of a landmark, itself.
    let anchors: [Int]
    let triangles: [SIMD3<Int32>]
    private let rimDepth: [Double]

    init(_ shapes: ShapeStatistics) {
        let jawCenter = Point(0, -0.1)
        var template = shapes.template
        var anchors = Array(0..<68)
        var depth = shapes.depth
        for i in 0...16 {
            template.append(jawCenter + (shapes.template[i] - jawCenter) * 1.13)
            anchors.append(i)
            depth.append(shapes.depth[i] - 0.1)
        }
        for (step, anchor) in [0, 17, 17, 18, 19, 20, 27, 23, 24, 25, 26, 26, 16].enumerated() {
            let angle = Double.pi * (1 + Double(step) / 12)
            template.append(Point(0.95 * cos(angle), -0.55 + 0.93 * sin(angle)))
            anchors.append(anchor)
            depth.append(shapes.depth[0] + Self.foreheadDepth * abs(sin(angle)))
        }
        (self.template, self.anchors, rimDepth) = (template, anchors, depth)
        triangles = delaunay(template)
    }

    /// All vertices of a face with these landmarks, as far from their anchors as `map` makes the template's.
    func vertices(of landmarks: [Point], mean: [Point], _ map: SimilarityMap) -> [Point] {
        landmarks
            + (68..<template.count).map { i in
                map(template[i]) + landmarks[anchors[i]] - map(mean[anchors[i]])
            }
    }

    /// Vertices of the face at rest, with their depth.
    func rest(_ shapes: ShapeStatistics) -> [SIMD3<Double>] {
        template.indices.map { i in
            let moved = i < 68 ? shapes.rest[i] : template[i] + shapes.rest[anchors[i]] - shapes.template[anchors[i]]
            return SIMD3(moved.x, moved.y, rimDepth[i])
        }
    }

    /// A change of the landmarks, continued to the rim.
    func spread(_ mode: [Point]) -> [Point] { anchors.map { mode[$0] } }

    static func texel(_ place: Point) -> Point { place * density + origin }
}
