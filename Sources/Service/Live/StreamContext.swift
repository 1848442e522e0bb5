import Base
import Capture
import FaceTracking
import Logging
import Metrics
import Synchronization

/// Dependencies of streams: cameras and the cascade in the daemon, substitutes in tests.
package struct StreamDependencies: Sendable {
    /// Throws `.wrongSettings` where the settings name an impossible source.
    package var opener: @Sendable (StreamSettings) throws(LandmarkdError) -> any LiveSourceOpener
    /// Called by the thread that uses the tracker.
    package var tracker: @Sendable (StreamSettings) -> any FaceTracker
    /// What the landmarks of a face mean.
    package var scheme: LandmarkScheme
    package var metrics: any MetricsFactory
    var retry = Backoff()
    /// Seconds without a sign of life after which a stream's thread is abandoned and replaced.
    var hangLimit = 30.0

    package init(
        scheme: LandmarkScheme, metrics: any MetricsFactory = MetricsSystem.factory,
        opener: @escaping @Sendable (StreamSettings) throws(LandmarkdError) -> any LiveSourceOpener,
        tracker: @escaping @Sendable (StreamSettings) -> any FaceTracker
    ) {
        (self.scheme, self.metrics, self.opener, self.tracker) = (scheme, metrics, opener, tracker)
    }
}

/// What the threads of one stream share. May be used by any thread.
struct StreamContext: Sendable {
    let name: String
    let state: StreamState
    let faults: StreamFaults
    let history: StreamHistory
    let metrics: StreamMetrics
    let log: Logger
    let stop = StopSignal()
    let slot = LatestSlot<TimedFrame>()
    /// Longest tolerated gap between frames, in seconds.
    let patience: Double
    /// Seconds that a frame may take, or a source for opening or for a frame beyond its patience, before the thread counts as
    /// stuck.
    let hangLimit: Double
    /// Pauses before a source or an output is tried again.
    let retry: Backoff

    init(
        _ settings: StreamSettings, state: StreamState, history: StreamHistory, dependencies: StreamDependencies,
        log: Logger
    ) {
        (name, self.state, self.history) = (settings.name, state, history)
        faults = StreamFaults(state)
        metrics = StreamMetrics(stream: settings.name, factory: dependencies.metrics)
        var log = log
        log[metadataKey: "stream"] = "\(settings.name)"
        self.log = log
        (patience, hangLimit, retry) = (settings.stall ?? 10, dependencies.hangLimit, dependencies.retry)
    }
}

/// Totals of a stream since the program's start, so that they continue when its settings change.
final class StreamHistory: Sendable {
    private let used = Mutex<(frames: Int, id: Int)>((0, 0))

    /// The number of the next tracked frame, from 1.
    func nextFrame() -> Int {
        used.withLock { used in
            used.frames += 1
            return used.frames
        }
    }

    /// The highest id given to a face so far.
    var highestID: Int { used.withLock { $0.id } }

    func give(_ id: Int) { used.withLock { $0.id = max($0.id, id) } }
}

/// Pauses between attempts: 0.5 s, then twice as long each time, up to 30 s.
struct Backoff: Sendable {
    var first = 0.5
    var longest = 30.0
    private var last: Double?

    init(first: Double = 0.5, longest: Double = 30) { (self.first, self.longest) = (first, longest) }

    /// Seconds to wait before the next attempt.
    mutating func next() -> Double {
        let pause = min(longest, last.map { $0 * 2 } ?? first)
        last = pause
        return pause
    }

    /// Starts over after a success.
    mutating func reset() { last = nil }
}
