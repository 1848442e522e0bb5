import Base
import Rendering
import Testing

@Suite struct ClipRendererTests {
    @Test func sameScriptSameBytesInAnyOrder() throws {
        let pose: @Sendable (Double) -> Pose = { Pose(yaw: $0, scale: 60, position: Point(160, 120)) }
        let forward = try clip(noise: 3, pose)
        let backward = try clip(noise: 3, pose)
        let late = backward.render(9)
        let early = backward.render(2)
        #expect(bytes(forward.render(2)) == bytes(early))
        #expect(bytes(forward.render(9)) == bytes(late))
        #expect(bytes(early) != bytes(late))
    }

    @Test func otherSeedsShowOtherPeople() throws {
        let pose: @Sendable (Double) -> Pose = { _ in Pose(scale: 60, position: Point(160, 120)) }
        let one = try clip(person: Person(seed: 1), pose).render(0)
        let other = try clip(person: Person(seed: 2), pose).render(0)
        #expect(bytes(one) != bytes(other))
        #expect(one.faces[0]! != other.faces[0]!)
        #expect(Person(seed: 1) == Person(seed: 1))
    }

    /// The drawn points say where the picture is: moved by a part of a pixel, the picture moves by as much.
    @Test(arguments: [Point(0.25, 0), Point(0, 0.5), Point(0.7, -0.3)])
    func pictureMovesWithItsPoints(step: Point) throws {
        let moving = try clip { Pose(scale: 60, position: Point(160, 120) + ($0 > 0 ? step : .zero)) }
        let (before, after) = (moving.render(0), moving.render(1))
        for (from, to) in zip(before.faces[0]!, after.faces[0]!) { #expect((to - from - step).length < 1e-9) }
        let measured = shift(from: before.picture, to: after.picture, around: Point(160, 125), half: 28)
        #expect((measured - step).length < 0.08, "measured \(measured)")
    }

    @Test func turningMovesTheNoseMoreThanTheEyes() throws {
        let turned = try clip { Pose(yaw: $0 > 0 ? 0.3 : 0, scale: 60, position: Point(160, 120)) }
        let (ahead, aside) = (turned.render(0).faces[0]!, turned.render(1).faces[0]!)
        #expect(aside[30].x - ahead[30].x > aside[36].x - ahead[36].x)
        #expect(aside[45].x - aside[36].x < ahead[45].x - ahead[36].x, "foreshortened")
    }

    @Test func blinkingClosesTheEyesAndShowsLids() throws {
        let pose: @Sendable (Double) -> Pose = { _ in Pose(scale: 80, position: Point(160, 120)) }
        let open = try clip(pose).render(0)
        let shut = try clip(expression: FaceExpression(blink: 1), pose).render(0)
        func opening(_ points: [Point]) -> Double { points[41].y - points[37].y }
        #expect(opening(open.faces[0]!) > 4)
        #expect(opening(shut.faces[0]!) < 0.1 * opening(open.faces[0]!))
        let iris = (open.faces[0]![37] + open.faces[0]![38] + open.faces[0]![40] + open.faces[0]![41]) / 4
        #expect(luma(shut, iris + Point(0, -2)) > luma(open, iris + Point(0, -2)) + 20, "skin where the iris was")
    }

    @Test func speakingOpensTheMouth() throws {
        let pose: @Sendable (Double) -> Pose = { _ in Pose(scale: 80, position: Point(160, 120)) }
        let shut = try clip(pose).render(0).faces[0]!
        let open = try clip(expression: FaceExpression(mouth: 0.2), pose).render(0).faces[0]!
        #expect(abs((open[66].y - open[62].y) - (shut[66].y - shut[62].y) - 0.2 * 80) < 2)
        #expect(open[8].y > shut[8].y, "the chin goes down")
    }

    @Test func noiseHasTheAskedStrength() throws {
        let clean = try clip { _ in nil }.render(0)
        let noisy = try clip(noise: 4) { _ in nil }.render(0)
        #expect(clean.faces == [nil])
        var sum = 0.0
        let pixels = clean.picture.width * clean.picture.height
        for i in 0..<pixels {
            let difference = Double(noisy.picture.plane(0)[i]) - Double(clean.picture.plane(0)[i])
            sum += difference * difference
        }
        #expect(abs((sum / Double(pixels)).squareRoot() - 4) < 0.3)
    }

    @Test func theLastPartIsInFront() throws {
        let pose: @Sendable (Double) -> Pose = { _ in Pose(scale: 60, position: Point(160, 120)) }
        let behind = ClipScript.Part(person: Person(seed: 3), pose: pose)
        let front = ClipScript.Part(person: .average, pose: pose)
        func nose(_ parts: [ClipScript.Part]) throws -> (faces: Int, luma: Int) {
            var script = ClipScript(frameCount: 1, parts: parts, seed: 1)
            (script.width, script.height, script.noise) = (320, 240, 0)
            let frame = ClipRenderer(script, face: try averageFace.get()).render(0)
            return (frame.faces.count, luma(frame, frame.faces.last!![30]))
        }
        let (alone, both) = (try nose([front]), try nose([behind, front]))
        #expect(both.faces == 2)
        #expect(both.luma == alone.luma)
        #expect(try nose([behind]).luma != alone.luma)
    }

    @Test func facesMayLeaveThePicture() throws {
        for place in [Point(-500, 120), Point(0, 0), Point(330, 250), Point(1e4, 1e4)] {
            let frame = try clip(width: 321, height: 241) { _ in Pose(scale: 60, position: place) }.render(0)
            #expect(frame.faces[0]?.count == 68)
        }
    }

    private func bytes(_ frame: RenderedFrame) -> [UInt8] { Array(frame.picture.bytes) }

    private func luma(_ frame: RenderedFrame, _ place: Point) -> Int {
        Int(frame.picture.plane(0)[Int(place.y.rounded()) * frame.picture.width + Int(place.x.rounded())])
    }

    /// Small shift by least squares on the gradients (Lucas and Kanade), the gradients of both pictures averaged.
    private func shift(from first: PixelBuffer, to second: PixelBuffer, around center: Point, half: Int) -> Point {
        let (a, b, width) = (first.plane(0), second.plane(0), first.width)
        var (xx, xy, yy, xt, yt) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for y in (Int(center.y) - half)...(Int(center.y) + half) {
            for x in (Int(center.x) - half)...(Int(center.x) + half) {
                let i = y * width + x
                func mean(_ j: Int) -> Double { (Double(a[j]) + Double(b[j])) / 2 }
                let gx = (mean(i + 1) - mean(i - 1)) / 2
                let gy = (mean(i + width) - mean(i - width)) / 2
                let change = Double(b[i]) - Double(a[i])
                xx += gx * gx
                xy += gx * gy
                yy += gy * gy
                xt -= gx * change
                yt -= gy * change
            }
        }
        let determinant = xx * yy - xy * xy
        return Point((yy * xt - xy * yt) / determinant, (xx * yt - xy * xt) / determinant)
    }
}
