import Base
import Capture
import Logging

/// A frame on its way from the capture thread to the tracker's.
struct TimedFrame: Sendable {
    /// `frame.time` is the stream's own time, which grows over all openings of the source.
    var live: LiveFrame
    /// `monotonicSeconds` when it came.
    var time: Double
}

/// The capture thread of a stream: opens the source, passes its frames on, and reopens it whenever it is lost. Bound to that thread.
struct CaptureLoop {
    /// Seconds that a source must have delivered before its next loss counts as a new one, with a short pause.
    private static let proof = 5.0
    private let stream: StreamContext
    private let opener: any LiveSourceOpener
    private let heartbeat: Heartbeat
    private let log: Logger
    private var retry: Backoff
    private var clock = StreamClock()
    private var meter = RateMeter()
    /// When the source was lost; nil while it delivers, and before the first attempt.
    private var lostTime: Double?
    private var firstFrameTime: Double?
    private var hasDelivered = false
    private var brokenBefore = 0
    /// Frames received from the open source, and lost by it.
    private var (received, lost) = (0, 0)
    private var jumpsBefore = 0
    /// The format whose low rate was already reported.
    private var slowFormat: LiveFormat?

    init(_ stream: StreamContext, _ opener: any LiveSourceOpener, _ heartbeat: Heartbeat) {
        (self.stream, self.opener, self.heartbeat) = (stream, opener, heartbeat)
        (log, retry) = (stream.log, stream.retry)
    }

    private var stop: StopSignal { stream.stop }
    private var metrics: StreamMetrics { stream.metrics }
    private var state: StreamState { stream.state }

    mutating func run() {
        while !stop.isSet {
            do throws(LandmarkdError) {
                try deliver()
                if !stop.isSet { end() }
                return
            } catch {
                if stop.isSet { return }
                lose(error)
                // Even checking whether the source exists blocks on a file system that hangs.
                let pause = retry.next()
                heartbeat.rest(atMost: pause + stream.hangLimit)
                var watch = SourceWatch(opener.name, opener.kind)
                guard stop.pause(seconds: pause, watching: &watch) else { return }
            }
        }
    }

    /// Opens the source and passes its frames on until it ends. Throws where it must be reopened.
    private mutating func deliver() throws(LandmarkdError) {
        heartbeat.expect(within: stream.hangLimit)
        let source = try opener.open(stop: stop)
        (meter, brokenBefore, jumpsBefore, firstFrameTime) = (RateMeter(), 0, 0, nil)
        (received, lost) = (0, 0)
        clock.sourceWasOpened()
        defer { countFaults(source) }
        while true {
            heartbeat.expect(within: stream.hangLimit + stream.patience)
            guard let live = try source.next(), !heartbeat.isAbandoned else { return }
            take(live, of: source)
        }
    }

    private mutating func take(_ live: LiveFrame, of source: any LiveSource) {
        let now = monotonicSeconds()
        metrics.record(.capture, seconds: unixSeconds() - live.exposure)
        if firstFrameTime == nil { begin(source.format, now) }
        if let firstFrameTime, now - firstFrameTime > Self.proof { retry.reset() }
        (received, lost) = (received + 1, lost + live.lost)
        var live = live
        live.frame.time = clock.time(live.frame.time, now: now)
        let dropped = live.lost + (stream.slot.put(TimedFrame(live: live, time: now)) ? 1 : 0)
        metrics.received.increment()
        metrics.up.record(1)
        if dropped > 0 { metrics.dropped.increment(by: dropped) }
        state.update { status in
            status.state = .delivering
            status.received += 1
            status.dropped += dropped
        }
        if meter.add(at: now) { tellRate(source.format) }
        countFaults(source)
    }

    private mutating func begin(_ format: LiveFormat, _ now: Double) {
        let asked = opener.request.map { " (asked for: \($0))" } ?? ""
        if hasDelivered, let lostTime {
            log.notice("\(opener.name): delivers again after \(decimal(now - lostTime, 1)) s: \(format)\(asked)")
        } else {
            log.notice("\(opener.name): delivers: \(format)\(asked)")
        }
        let isReturn = hasDelivered
        if isReturn { metrics.reconnects.increment() }
        (hasDelivered, firstFrameTime, lostTime) = (true, now, nil)
        stream.faults.set("", nil)
        state.update { status in
            status.format = format
            if isReturn { status.reconnects += 1 }
        }
    }

    /// Logged once, however many attempts fail until the source delivers again.
    private mutating func lose(_ error: LandmarkdError) {
        if lostTime == nil {
            let remedy = error.remedy.map { " (\($0))" } ?? ""
            log.warning("\(error.cause)\(remedy); retrying until it delivers")
            lostTime = monotonicSeconds()
        } else {
            log.debug("\(error.cause)")
        }
        metrics.up.record(0)
        metrics.rate.record(0)
        stream.faults.set("", error.cause)
        state.update { ($0.state, $0.rate) = (.waiting, 0) }
    }

    private func end() {
        log.notice("\(opener.name): has ended")
        heartbeat.rest()
        stream.slot.finish()
        metrics.up.record(0)
        metrics.rate.record(0)
        state.update { ($0.state, $0.rate) = (.ended, 0) }
    }

    private mutating func tellRate(_ format: LiveFormat) {
        let rate = meter.rate
        metrics.rate.record(rate)
        // It takes a few seconds to see whether a recording keeps the rate of its header.
        state.update { ($0.rate, $0.format) = (rate, format) }
        guard let promised = format.rate, meter.isSure, rate < 0.8 * promised, slowFormat != format else { return }
        slowFormat = format
        let advice = Self.slownessAdvice(opener.kind, received: received, lost: lost)
        log.warning(
            "\(opener.name): \(decimal(rate, 1)) frames/s delivered, \(decimal(promised, 1)) promised\(advice)")
    }

    /// Advice against a low rate: only a camera slows down in the dark, and not if frames were produced and lost.
    static func slownessAdvice(_ kind: SourceKind, received: Int, lost: Int) -> String {
        switch kind {
        case .camera where 5 * lost > received:
            " (frames are lost on the way: the machine is busy, or the port is slow)"
        case .camera: " (more light, or another format, size or port may help)"
        case .file: " (the machine is busy, or reads the file slowly)"
        case .network: " (the camera or the network is slow)"
        }
    }

    private mutating func countFaults(_ source: any LiveSource) {
        let (broken, jumps) = (source.brokenFrames, source.clockJumps)
        if broken > brokenBefore { metrics.broken.increment(by: broken - brokenBefore) }
        if jumps > jumpsBefore { metrics.clockJumps.increment(by: jumps - jumpsBefore) }
        (brokenBefore, jumpsBefore) = (broken, jumps)
    }
}

/// Time of a stream: increases from frame to frame, across reopenings of its source and jumps of the source's clock.
struct StreamClock {
    /// Difference from our clock, in seconds, from which the source's clock counts as having jumped.
    private static let tolerance = 1.0
    /// Minimum seconds between two frames.
    private static let step = 0.001

    private var offset: Double?
    private var last = -Self.step

    /// The source was reopened and its time starts anywhere.
    mutating func sourceWasOpened() { offset = nil }

    /// Stream time of a frame that has `sourceTime` and came at `now`, seconds on a clock that never jumps.
    mutating func time(_ sourceTime: Double, now: Double) -> Double {
        if let offset {
            let time = sourceTime + offset
            if time >= last + Self.step, abs(time - now) <= Self.tolerance {
                last = time
                return time
            }
        }
        let time = max(now, last + Self.step)
        (offset, last) = (time - sourceTime, time)
        return time
    }
}
