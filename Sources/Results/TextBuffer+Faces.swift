import Base
import FaceTracking

extension TextBuffer {
    /// A live result as one JSON object, without a line's end: the keys of `JSONRows`, `latency` (seconds), `width` and `height` (pixels).
    package mutating func append(_ result: StreamResult) {
        appendStart(of: result.result, stream: result.stream)
        append(",\"latency\":")
        append(result.latency, decimals: 6)
        append(",\"width\":")
        append(result.width)
        append(",\"height\":")
        append(result.height)
        append(",\"faces\":")
        append(result.result.faces)
        append("}")
    }

    /// `{"stream":…,"frame":…,"time":…`, to go on with more keys.
    package mutating func appendStart(of result: FrameResult, stream: String) {
        append("{\"stream\":")
        append(stream.jsonQuoted)
        append(",\"frame\":")
        append(result.frame)
        append(",\"time\":")
        append(result.time, decimals: 6)
    }

    /// `[{"id":…,"confidence":…,"box":[x,y,w,h],"points":[[x,y],…],"point_confidence":[…]}]`.
    package mutating func append(_ faces: [TrackedFace]) { appendList(faces) { $0.append($1) } }

    private mutating func append(_ face: TrackedFace) {
        append("{\"id\":")
        append(face.id)
        append(",\"confidence\":")
        if let confidence = face.confidence { append(confidence, decimals: 3) } else { append("null") }
        append(",\"box\":")
        append([face.box.low.x, face.box.low.y, face.box.width, face.box.height])
        append(",\"points\":")
        appendList(face.points) { $0.append([$1.x, $1.y]) }
        append(",\"point_confidence\":")
        append(face.pointConfidence)
        append("}")
    }

    private mutating func append(_ numbers: [Double]) { appendList(numbers) { $0.append($1, decimals: 3) } }

    private mutating func appendList<Element>(_ elements: [Element], _ append: (inout TextBuffer, Element) -> Void) {
        self.append("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { self.append(",") }
            append(&self, element)
        }
        self.append("]")
    }
}
