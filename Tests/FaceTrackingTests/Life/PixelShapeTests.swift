import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Rendering

/// Recordings whose pixels are not square: the same scene, squeezed as DV and anamorphic video store it.
@Suite(.enabled(if: Drawn.hasModel, "needs the shipped models")) struct PixelShapeTests {
    static let aspects = [2.0, 16.0 / 11, 64.0 / 45, 8.0 / 9, 0.5]

    @Test(arguments: aspects, [0, 1]) func aSqueezedFaceIsTrackedAsASquareOne(aspect: Double, turns: Int) throws {
        let frames = try Drawn.frames(
            [Drawn.person(scale: 80) { Point(140 + 30 * $0, 116) }], seconds: 1, rate: 10)
        let (plain, squeezed) = (try Drawn.tracker(), try Drawn.tracker())
        let shape = PixelShape(aspect: aspect)
        var (error, squareError) = (0.0, 0.0)
        for drawn in frames {
            let truth = try #require(drawn.faces[0])
            let face = try #require(try plain.process(drawn.frame).first)
            let other = try #require(try squeezed.process(drawn.squeezed(shape, quarterTurns: turns)).first)
            let points = other.points.map { shape.squareFromPixels($0) }
            squareError += DrawnError.percent(tracked: face.points, drawn: truth) / Double(frames.count)
            error += DrawnError.percent(tracked: points, drawn: truth) / Double(frames.count)
            #expect(Box(around: other.points) == other.box)
        }
        #expect(error < squareError + 0.5, "\(error) % of the eye distance, square \(squareError) %")
    }

    @Test func aSmallFaceFarFromTheMiddleIsFound() throws {
        let drawn = try Drawn.frames([Drawn.person(scale: 26) { _ in Point(270, 60) }], seconds: 1, rate: 1)[0]
        let truth = try #require(drawn.faces[0])
        let shape = PixelShape(aspect: 2)
        let face = try #require(try Drawn.tracker().process(drawn.squeezed(shape)).first)
        #expect(DrawnError.percent(tracked: face.points.map { shape.squareFromPixels($0) }, drawn: truth) < 8)
    }
}

@Suite struct PixelShapeMapTests {
    @Test func theCornersOfThePictureStayItsCorners() {
        for aspect in [2.0, 0.5, 1, 16.0 / 11] {
            let shape = PixelShape(aspect: aspect)
            let size = shape.squareSize(width: 320, height: 240)
            #expect(size.width >= 320 && size.height >= 240)
            #expect((shape.squareFromPixels(Point(-0.5, -0.5)) - Point(-0.5, -0.5)).length < 1e-12)
            let corner = shape.squareFromPixels(Point(319.5, 239.5))
            #expect((corner - Point(Double(size.width), Double(size.height)) + 0.5).length < 0.5)
            #expect((shape.pixelsFromSquare(shape.squareFromPixels(Point(17, 5))) - Point(17, 5)).length < 1e-12)
        }
    }

    @Test func shapesThatCannotBeAreSquare() {
        for aspect in [0, -1, .nan, .infinity, 1e9, 1.0005] { #expect(PixelShape(aspect: aspect).isSquare) }
        #expect(PixelShape(aspect: 2).turned == PixelShape(aspect: 0.5))
    }
}

extension RenderedFrame {
    /// The picture as a camera with such pixels stores it: fewer columns or rows, each the mean of what it covers. `quarterTurns`
    /// are those by which it is turned to be shown as it was drawn.
    fileprivate func squeezed(_ shape: PixelShape, quarterTurns: Int = 0) -> Frame {
        let stretch = shape.squareFromPixels(Point(0.5, 0.5)) + 0.5
        let width = Int((Double(picture.width) / stretch.x).rounded()) & ~1
        let height = Int((Double(picture.height) / stretch.y).rounded()) & ~1
        let turned = quarterTurns == 1
        let result = turned ? PixelBuffer(width: height, height: width) : PixelBuffer(width: width, height: height)
        for plane in 0..<3 {
            let (from, to) = (picture.plane(plane), result.plane(plane))
            let sourceWidth = plane == 0 ? picture.width : picture.chromaWidth
            let (columns, rows) = plane == 0 ? (width, height) : (width / 2, height / 2)
            let source = (width: sourceWidth, height: from.count / sourceWidth)
            for row in 0..<rows {
                for column in 0..<columns {
                    let low = Point(Double(column), Double(row)) * stretch
                    let value = Self.mean(from, source, low, low + stretch)
                    // Turned clockwise to be shown: the shown column is the stored row, counted from below.
                    let place = turned ? (columns - 1 - column) * rows + row : row * columns + column
                    to[place] = UInt8(value.rounded())
                }
            }
        }
        let stored = turned ? shape.turned : shape
        return result.frame(
            fullRange: false, time: time, orientation: Orientation(quarterTurns: quarterTurns), pixelShape: stored)
    }

    /// Mean of the samples of a plane between two corners, those cut by their share.
    private static func mean(
        _ samples: UnsafeMutableBufferPointer<UInt8>, _ size: (width: Int, height: Int), _ low: Point, _ high: Point
    ) -> Double {
        var (sum, weight) = (0.0, 0.0)
        for y in Int(low.y)..<max(Int(low.y) + 1, min(size.height, Int(high.y.rounded(.up)))) where y < size.height {
            for x in Int(low.x)..<max(Int(low.x) + 1, min(size.width, Int(high.x.rounded(.up)))) where x < size.width {
                let share =
                    (min(high.x, Double(x + 1)) - max(low.x, Double(x)))
                    * (min(high.y, Double(y + 1)) - max(low.y, Double(y)))
                sum += share * Double(samples[y * size.width + x])
                weight += share
            }
        }
        return weight > 0 ? sum / weight : 128
    }
}
