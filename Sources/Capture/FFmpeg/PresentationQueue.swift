/// Brings pictures that failed to decode in order with those that did not.
///
/// A decoder reports a failure at once, but holds decoded pictures back until their turn: a failed one therefore waits
/// here until a picture with a later timestamp comes out.
struct PresentationQueue<Content> {
    struct Entry {
        let stamp: Int64?
        /// In units of the stamp; 0 where unknown.
        let duration: Int64
        /// nil where decoding failed.
        let content: Content?
    }

    private var failed: [Int64] = []
    private var ready: [Entry] = []
    private var lastStamp: Int64?

    mutating func decoded(_ content: Content, stamp: Int64?, duration: Int64) {
        if let stamp {
            // The same timestamp again: the decoder complained and yet made a picture.
            failed.removeAll { $0 == stamp }
            release { $0 < stamp }
            lastStamp = stamp
        }
        ready.append(Entry(stamp: stamp, duration: duration, content: content))
    }

    mutating func broken(stamp: Int64?) {
        guard let stamp else { return ready.append(Entry(stamp: nil, duration: 0, content: nil)) }
        if stamp == lastStamp || failed.contains(stamp) { return }
        failed.append(stamp)
        failed.sort()
    }

    /// No more will come: all that wait are due.
    mutating func finish() { release { _ in true } }

    /// The next in order, if its turn has come.
    mutating func next() -> Entry? { ready.isEmpty ? nil : ready.removeFirst() }

    private mutating func release(_ isDue: (Int64) -> Bool) {
        ready += failed.filter(isDue).map { Entry(stamp: $0, duration: 0, content: nil) }
        failed.removeAll(where: isDue)
    }
}
