import Base
import FaceTracking
import Testing

@testable import Training

private let dataFolder: String? = {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let path = "/\(root)/shared/data"
    return (try? readFile(path + "/annotations.csv", atMost: 1 << 28)) == nil ? nil : path
}()

@Suite struct MirrorMapTests {
    @Test func isFoundInShapesThatAreSymmetricOnTheWhole() throws {
        var random = SplitMix64(seed: 4)
        let known = try #require(LandmarkScheme.ibug68.mirror)
        // Rows a unit apart, so that points never coincide; pairs at either side, points of their own in the middle.
        let symmetric = (0..<68).map { i in
            let row = Double(min(i, known[i]))
            return Point(
                known[i] == i
                    ? 0
                    : i < known[i]
                        ? -10 - row.truncatingRemainder(dividingBy: 7) : 10 + row.truncatingRemainder(dividingBy: 7),
                row)
        }
        let shapes = (0..<200).map { _ in
            let turn = SimilarityMap(
                scale: random.uniform(1, 2), angle: random.normal() * 0.1, from: .zero, to: Point(100, 120))
            return turn(symmetric.map { $0 + Point(random.normal(), random.normal()) })
        }
        #expect(mirrorMap(fromShapes: shapes) == known)
    }

    @Test func isNotMadeUpForShapesWithoutSymmetry() {
        var random = SplitMix64(seed: 6)
        let shape = (0..<30).map { i in Point(Double(i * i), random.uniform(0, 900)) }
        #expect(mirrorMap(fromShapes: Array(repeating: shape, count: 12)) == nil)
        #expect(mirrorMap(fromShapes: [shape]) == nil)
    }

    @Test(.enabled(if: dataFolder != nil, "needs ../shared/data"), arguments: [LandmarkScheme.ibug68, .fgnet68])
    func ofRealFacesIsThePublishedOne(scheme: LandmarkScheme) throws {
        let faces = try readAnnotations(folder: try #require(dataFolder), scheme: scheme).faces
        #expect(mirrorMap(fromShapes: faces.map(\.points)) == scheme.mirror)
    }
}
