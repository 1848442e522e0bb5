import Base
import FaceTracking
import Rendering
import TestSupport
import Testing

@testable import Training

@Suite struct RenderedFacesTests {
    @Test func drawnFacesAreInTheirPicturesAndTheSameForASeed() throws {
        let face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let one = FaceSet(rendered: 5, face, seed: 3)
        let same = FaceSet(rendered: 5, face, seed: 3)
        let other = FaceSet(rendered: 5, face, seed: 4)
        #expect(one.faces.map(\.points) == same.faces.map(\.points))
        #expect(one.faces[0].points != other.faces[0].points && one.faces[0].points != one.faces[1].points)
        for (index, face) in one.faces.enumerated() {
            let frame = one.frame(of: index)
            let box = Box(around: face.points)
            #expect(box.low.x > 0 && box.low.y > 0, "face \(index)")
            #expect(box.high.x < Double(frame.displayWidth) && box.high.y < Double(frame.displayHeight))
            #expect(box.width > 80, "large enough to learn from")
        }
    }
}
