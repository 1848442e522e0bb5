/// Splits by group, so that no photograph and no person is on both sides.
package struct FaceSplit: Sendable {
    /// Note of a model file that says which share its training held back.
    package static let note = "validation_share"
    /// Share that the shipped models' training held back.
    package static let shippedShare = 0.06

    /// Share to hold back of so many groups: as shipped, but of few as much as tells something, about ten of them and at most a fifth.
    package static func share(groups: Int) -> Double { max(shippedShare, min(0.2, 10 / Double(max(1, groups)))) }

    /// Share of the groups that is held back for choosing settings, 0…1.
    package var validation: Double
    package var seed: UInt64

    package init(validation: Double = 0.08, seed: UInt64 = 1) {
        precondition(0...1 ~= validation, "validation share \(validation)")
        (self.validation, self.seed) = (validation, seed)
    }

    /// Whether the group is held back; the same for ever for a seed, whatever other groups there are.
    package func isHeldBack(_ group: String) -> Bool {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed  // FNV-1a
        for byte in group.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 33
        return Double(hash >> 11) * 0x1p-53 < validation
    }

    /// Faces of the training split, told apart; those of the test split are in neither.
    package func callAsFunction(_ faces: [AnnotatedFace]) -> (train: [AnnotatedFace], validation: [AnnotatedFace]) {
        let usable = faces.filter { $0.split == .train }
        return (usable.filter { !isHeldBack($0.group) }, usable.filter { isHeldBack($0.group) })
    }
}
