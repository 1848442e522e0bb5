import Base
import FaceTracking

extension TextBuffer {
    /// A live result as one JSON object, without a line's end: the keys of `JSONRows`, `latency` (seconds), `width` and `height` (pixels).
    package mutating func append(_ result: StreamResult, _ groups: [ColumnGroup] = ColumnGroup.allCases) {
        appendStart(of: result.result, stream: result.stream)
        append(",\"latency\":")
        append(result.latency, decimals: 6)
        append(",\"width\":")
        append(result.width)
        append(",\"height\":")
        append(result.height)
        append(",\"faces\":")
        append(result.result.faces, groups)
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

    /// A list of objects with `id`, `confidence`, `box` and the members of the groups. Measures that nobody took are left out, those
    /// that the face does not have are null.
    package mutating func append(_ faces: [TrackedFace], _ groups: [ColumnGroup] = ColumnGroup.allCases) {
        appendList(faces) { $0.append($1, groups) }
    }

    private mutating func append(_ face: TrackedFace, _ groups: [ColumnGroup]) {
        append("{\"id\":")
        append(face.id)
        append(",\"confidence\":")
        if let confidence = face.confidence { append(confidence, decimals: 3) } else { append("null") }
        append(",\"box\":")
        append([face.box.low.x, face.box.low.y, face.box.width, face.box.height])
        for group in groups { append(group, of: face) }
        append("}")
    }

    private mutating func append(_ group: ColumnGroup, of face: TrackedFace) {
        switch group {
        case .pose:
            if let measures = face.measures { appendMember("pose", measures.pose?.json) }
        case .eyes:
            if let measures = face.measures { appendMember("eyes", measures.eyes?.json) }
        case .mouth:
            if let measures = face.measures { appendMember("mouth", measures.mouth?.json) }
        case .points:
            append(",\"points\":")
            appendList(face.points) { $0.append([$1.x, $1.y]) }
        case .pointConfidence:
            append(",\"point_confidence\":")
            append(face.pointConfidence)
        }
    }

    private mutating func appendMember(_ key: String, _ value: JSON?) {
        append(",\"\(key)\":")
        append(value ?? .null)
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

extension HeadPose {
    /// Millimetres and degrees.
    fileprivate var json: JSON {
        [
            "x": .decimal(translation.x, 1), "y": .decimal(translation.y, 1), "z": .decimal(translation.z, 1),
            "pitch": .decimal(pitch, 2), "yaw": .decimal(yaw, 2), "roll": .decimal(roll, 2),
        ]
    }
}

extension EyeMeasures {
    fileprivate var json: JSON {
        [
            "right": right.json, "left": left.json, "blink": .boolean(isBlinking), "blinks": .array(blinks.map(\.json)),
        ]
    }
}

extension EyeOpening {
    fileprivate var json: JSON {
        ["ratio": .decimal(ratio, 3), "open": relative.map { .decimal($0, 3) } ?? .null]
    }
}

extension Blink {
    fileprivate var json: JSON {
        [
            "start": .decimal(start, 6), "peak": .decimal(peak, 6), "end": .decimal(end, 6),
            "depth": .decimal(depth, 3),
        ]
    }
}

extension MouthMeasures {
    fileprivate var json: JSON {
        [
            "opening": .decimal(opening, 3), "width": .decimal(width, 3), "brow_right": .decimal(rightBrow, 3),
            "brow_left": .decimal(leftBrow, 3),
        ]
    }
}
