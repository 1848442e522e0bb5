/// Decisions of a tracker; times in seconds, never in frames.
package struct TrackingSettings: Sendable, Equatable {
    /// Most faces followed at once.
    package var faces = 1
    /// Presence under which further looks are taken, from where the face seems to be now and from where its motion leads.
    package var doubt = 0.8
    /// Presence under which a face counts as not seen.
    package var absent = 0.5
    /// How long a face may be unseen before its track ends.
    package var patience = 0.5
    /// Presence under which a proposal that has been looked at twice is given up.
    package var hopeless = 0.1
    /// Presence that a new face must have after it has been looked at several times.
    package var certain = 0.7
    /// Confidence that its landmarks must have then. Pictures without a face rarely reach it, profiles just do.
    package var likely = 0.35
    /// Pause between two searches of the whole frame while nobody is followed, or somebody is missed.
    package var searchInterval = 0.2
    /// The same while all are seen, but places are free: a face that appears is looked for twice within half a second.
    package var idleSearchInterval = 0.25
    /// Side of the window in which a face that was just lost is looked for first, in sides of its crop.
    package var nearby = 3.0
    /// Shortest side of a crop in pixels of the picture.
    package var smallestCrop = 16.0
    /// Proposals that a search looks at in vain before it gives up.
    package var proposals = 4

    /// - Parameter searchRate: searches of the whole frame, times a second, while nobody is followed. While somebody is, it is searched
    ///   no more than four times a second, and only where places are free.
    package init(faces: Int = 1, searchRate: Double = 5) {
        self.faces = faces
        searchInterval = 1 / searchRate
        idleSearchInterval = max(idleSearchInterval, searchInterval)
    }
}
