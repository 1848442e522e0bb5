import Base
import Rendering
import Testing

@Suite struct DemoClipTests {
    @Test func everyPointStaysInThePicture() throws {
        let renderer = ClipRenderer(DemoClip.script(), face: try averageFace.get())
        #expect(renderer.script.frameCount == 300)
        var (blinks, spoken, yaws) = (0, 0, Set<Int>())
        for index in stride(from: 0, to: 300, by: 6) {
            let points = try #require(renderer.render(index).faces[0])
            for point in points { #expect(point.x > 4 && point.x < 635 && point.y > 4 && point.y < 475) }
            let unit = (points[45] - points[36]).length
            blinks += (points[41] - points[37]).length < 0.05 * unit ? 1 : 0
            spoken += (points[66] - points[62]).length > 0.06 * unit ? 1 : 0
            yaws.insert(Int((10 * (points[30] - (points[36] + points[45]) / 2).x / unit).rounded()))
        }
        #expect(blinks >= 1 && spoken >= 5 && yaws.count >= 3, "blinks \(blinks), spoken \(spoken), yaws \(yaws)")
    }

    @Test func errorIsInPercentOfTheOuterEyeDistance() {
        var drawn = (0..<68).map { Point(Double($0), 0) }
        (drawn[36], drawn[45]) = (Point(0, 10), Point(200, 10))
        var error = DrawnError()
        #expect(error.mean == nil)
        error.add(tracked: drawn.map { $0 + Point(0, 3) }, drawn: drawn)
        error.add(tracked: drawn.map { $0 + Point(4, 3) }, drawn: drawn)
        error.add(tracked: nil, drawn: drawn)
        #expect(error.mean == 2)
        #expect(error.ninetiethPercentile == 2.5)
        #expect(error.missed == 1)
    }
}
