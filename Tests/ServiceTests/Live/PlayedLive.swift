import Capture
import Glibc
import Logging
import Metrics
import Synchronization
import TestSupport

@testable import Base
@testable import FaceTracking
@testable import Service

/// A source that does what a script says, one scene each time it is opened; the last scene again and again.
final class PlayedOpener: LiveSourceOpener {
    enum Scene: Sendable {
        /// Opening fails.
        case absent
        /// So many frames, then it is lost.
        case loss(after: Int)
        /// So many frames, then the end of the file.
        case end(after: Int)
        /// Frames until it is asked to stop.
        case endless
        /// One frame, then it waits until it is released, and does not hear that it shall stop.
        case stuck
    }

    let name: String
    let kind = SourceKind.camera
    private let scenes: [Scene]
    private let opened = Atomic(0)
    private let released = Atomic(false)

    init(_ scenes: Scene..., name: String = "played") { (self.scenes, self.name) = (scenes, name) }

    var openings: Int { opened.load(ordering: .relaxed) }

    /// Lets those go that are stuck.
    func release() { released.store(true, ordering: .relaxed) }

    var isReleased: Bool { released.load(ordering: .relaxed) }

    func open(stop: StopSignal) throws(LandmarkdError) -> any LiveSource {
        let scene = scenes[min(opened.add(1, ordering: .relaxed).newValue, scenes.count) - 1]
        if case .absent = scene {
            throw LandmarkdError(.unavailable, "\(name): opening: No such device", remedy: "plug it in")
        }
        return PlayedLive(scene, self, stop)
    }
}

/// Small grey frames, about 500 a second by the clock, 25 a second by their times.
private final class PlayedLive: LiveSource {
    let format = LiveFormat(width: 8, height: 8, encoding: "GREY", rate: 25)
    let brokenFrames = 0
    private let scene: PlayedOpener.Scene
    private let opener: PlayedOpener
    private let stop: StopSignal
    private var given = 0

    init(_ scene: PlayedOpener.Scene, _ opener: PlayedOpener, _ stop: StopSignal) {
        (self.scene, self.opener, self.stop) = (scene, opener, stop)
    }

    func next() throws(LandmarkdError) -> LiveFrame? {
        switch scene {
        case .loss(let count) where given >= count:
            throw LandmarkdError(.unavailable, "\(opener.name): no frame for 2.0 s", remedy: "check the cable")
        case .end(let count) where given >= count: return nil
        case .stuck where given >= 1: while !opener.isReleased { usleep(5000) }
        default: break
        }
        if stop.wait(seconds: 0.002) { return nil }
        given += 1
        let picture = PixelBuffer(width: 8, height: 8, hasChroma: false)
        let frame = picture.frame(fullRange: true, time: Double(given - 1) / 25)
        return LiveFrame(frame: frame, exposure: unixSeconds())
    }
}

/// Sees one face, another one after each 10 frames; keeps the times it was given.
final class PlayedTracker: FaceTracker {
    let pointCount = 2
    let searches = 0
    private let times: TimeList?
    private let isHeld: @Sendable () -> Bool
    private var seen = 0

    init(times: TimeList? = nil, isHeld: @escaping @Sendable () -> Bool = { false }) {
        (self.times, self.isHeld) = (times, isHeld)
    }

    func reset() { seen = 0 }

    func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        while isHeld() { usleep(1000) }
        times?.add(frame.time)
        seen += 1
        return [playedFace(id: (seen - 1) / 10 + 1)]
    }
}

func playedFace(id: Int) -> TrackedFace {
    TrackedFace(
        id: id, confidence: 0.9, box: Box(low: .zero, high: Point(8, 8)), points: [.zero, Point(1, 2)],
        pointConfidence: [1, 1])
}

final class TimeList: Sendable {
    private let list = Mutex<[Double]>([])

    var times: [Double] { list.withLock { $0 } }

    func add(_ time: Double) { list.withLock { $0.append(time) } }
}

/// A gate that tests open.
final class Gate: Sendable {
    private let closed = Atomic(true)

    var isClosed: Bool { closed.load(ordering: .acquiring) }

    func open() { closed.store(false, ordering: .releasing) }
}

/// Lines of a log.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func containing(_ text: String) -> [String] { all.filter { $0.contains(text) } }

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var log: ServiceLog { ServiceLog(style: .journal) { [self] line in add(line) } }
}

extension StreamDependencies {
    /// `openers` by the streams' sources. Pauses are short.
    static func played(
        _ openers: [String: PlayedOpener], metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        tracker: @escaping @Sendable () -> any FaceTracker = { PlayedTracker() }
    ) -> StreamDependencies {
        var dependencies = StreamDependencies(
            scheme: LandmarkScheme(name: "points2", count: 2), metrics: metrics,
            opener: { (stream) throws(LandmarkdError) in
                guard let opener = openers[stream.source] else {
                    throw LandmarkdError(.wrongSettings, "source '\(stream.source)': not known")
                }
                return opener
            }, tracker: { _ in tracker() })
        dependencies.retry = Backoff(first: 0.005, longest: 0.02)
        return dependencies
    }
}

/// A stream of the played source of that name.
func playedStream(_ name: String, _ outputs: [OutputSettings] = []) -> StreamSettings {
    var settings = StreamSettings()
    (settings.name, settings.source, settings.outputs) = (name, name, outputs)
    return settings
}
