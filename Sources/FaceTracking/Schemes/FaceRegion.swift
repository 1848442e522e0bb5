/// Parts of the face in which errors are told apart.
package enum FaceRegion: String, Sendable, CaseIterable {
    case jaw, brows, nose, eyes, mouth
}
