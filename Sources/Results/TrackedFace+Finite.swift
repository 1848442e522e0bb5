import FaceTracking

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
