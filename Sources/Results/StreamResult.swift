import FaceTracking

/// What a stream found in one frame, as outputs and HTTP give it.
package struct StreamResult: Sendable {
    package var stream: String
    /// `time`: Unix time of the exposure; `frame`: counts tracked frames of the stream since the program's start.
    package var result: FrameResult
    /// Seconds from the exposure until the result was there.
    package var latency: Double
    /// Size of the picture as displayed, in pixels.
    package var width: Int
    package var height: Int

    package init(stream: String, result: FrameResult, latency: Double, width: Int, height: Int) {
        (self.stream, self.result, self.latency) = (stream, result, latency)
        (self.width, self.height) = (width, height)
    }
}

extension [TrackedFace] {
    /// Whether each number of them can be written: a model whose numbers have run away gives others.
    package var areFinite: Bool {
        allSatisfy { face in
            let places = face.points + [face.box.low, face.box.high]
            return places.allSatisfy { abs($0.x) < 1e9 && abs($0.y) < 1e9 }
                && (face.pointConfidence + [face.confidence ?? 0]).allSatisfy { abs($0) < 1e9 }
        }
    }
}
