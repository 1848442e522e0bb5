import Base
import CFFmpeg

/// Opens a network stream: `rtsp://`, `rtsps://`, `http://` or `https://`. JPEGs over HTTP are read by `HTTPSource`,
/// everything else by FFmpeg.
package struct NetworkOpener: LiveSourceOpener {
    /// The address as anybody may read it.
    package var name: String { address.shown }
    package let kind = SourceKind.network
    private let address: NetworkAddress
    private let patience: Patience
    private let snapshotRate: Double

    /// How often a camera that answers with a single picture is asked for the next one, times a second.
    package static let usualSnapshotRate = 5.0
    /// How often a server may send us on to another one.
    private static let mostRedirects = 5

    /// Longest tolerated silence, in seconds.
    package struct Patience: Sendable {
        /// Until the stream is open and known.
        package var opening: Double
        /// From one piece of data to the next.
        package var reading: Double

        package init(opening: Double = 10, reading: Double = 5) { (self.opening, self.reading) = (opening, reading) }
    }

    /// Throws `wrongSettings` where it is no such address.
    package init(
        _ address: String, patience: Patience = Patience(), snapshotRate: Double = Self.usualSnapshotRate
    ) throws(LandmarkdError) {
        self.address = try NetworkAddress(address)
        (self.patience, self.snapshotRate) = (patience, snapshotRate)
    }

    /// Whether it may turn out to answer with single pictures.
    var mayBeSnapshot: Bool { address.isHTTP }

    /// Throws `unavailable` (no answer, refused, not found), `noPermission` (password), `unusableData` (no video), or
    /// `interrupted` where `stop` was set.
    package func open(stop: StopSignal) throws(LandmarkdError) -> any LiveSource {
        let limit = monotonicSeconds() + patience.opening
        if address.isHTTP {
            let source = try HTTPSource.open(
                address, patience: patience, snapshotRate: snapshotRate, until: limit, stop: stop)
            if let source { return source }
        }
        return try openByFFmpeg(until: limit, stop: stop)
    }

    /// Follows redirects to other servers itself, each with a fresh start: FFmpeg would take the password along.
    private func openByFFmpeg(until limit: Double, stop: StopSignal) throws(LandmarkdError) -> any LiveSource {
        var place = address
        for _ in 0...Self.mostRedirects {
            let watch = NetworkWatch(stop: stop, address: place)
            watch.start(patience.opening, until: limit)
            do throws(LandmarkdError) {
                return try NetworkSource(place, patience: patience, stop: stop, watch: watch)
            } catch {
                guard let next = watch.otherServer else { throw error }
                place = try redirected(to: next)
            }
        }
        throw LandmarkdError(
            .unavailable, "\(address.shown): more than \(Self.mostRedirects) redirects", remedy: "check the address")
    }

    private func redirected(to text: String) throws(LandmarkdError) -> NetworkAddress {
        guard let next = try? NetworkAddress(text), next.isHTTP == address.isHTTP else {
            throw LandmarkdError(
                .unavailable,
                "\(address.shown): the server redirects to \(text.withoutCredentials), which is not a stream of this kind",
                remedy: "check the address")
        }
        return next
    }
}

private final class NetworkSource: LiveSource {  // thread-bound
    private(set) var format: LiveFormat
    private(set) var brokenFrames = 0
    var clockJumps: Int { clock.jumps }

    private let address: NetworkAddress
    private let patience: NetworkOpener.Patience
    private let stop: StopSignal
    private let watch: NetworkWatch
    private let demuxer: Demuxer
    private let decoder: VideoDecoder
    private let packet = Packet()
    private let scaler = PictureScaler()
    private let orientation: Orientation
    private var clock: FrameClock
    /// Whether the container says when its pictures were taken; else the time of arrival is used.
    private let tellsTime: Bool
    /// Pace of a recording, which would come as fast as the network is; nil where a camera sets the pace.
    private var pace: Pace?
    /// What the container states.
    private let toldRate: Double?
    /// Monotonic time of the last good picture, of opening before; and what was broken until then.
    private var lastGood = (time: monotonicSeconds(), broken: 0, isFirst: true)
    /// Seconds that a stream may take for its first picture: cameras send a whole one every ten seconds or more.
    private static let firstPatience = 30.0

    /// `watch`: started, so that it ends opening in time.
    init(
        _ address: NetworkAddress, patience: NetworkOpener.Patience, stop: StopSignal, watch: NetworkWatch
    ) throws(LandmarkdError) {
        (self.address, self.patience, self.stop, self.watch) = (address, patience, stop, watch)
        demuxer = try Demuxer(address, watch: watch)
        let stream = demuxer.stream.pointee
        decoder = try VideoDecoder(stream.codecpar, threads: 1, path: address.shown, isRaw: demuxer.isRaw)
        orientation = lm_stream_display_matrix(demuxer.stream).map { Orientation(displayMatrix: $0) } ?? Orientation()
        let rate = demuxer.frameRate
        let size = (Int(stream.codecpar.pointee.width), Int(stream.codecpar.pointee.height))
        let (width, height) = orientation.quarterTurns.isMultiple(of: 2) ? size : (size.1, size.0)
        toldRate = rate > 0 && !demuxer.isRaw ? rate : nil
        format = LiveFormat(width: width, height: height, encoding: decoder.name, rate: toldRate)
        tellsTime = demuxer.isRecorded || !demuxer.isRaw
        let unit = tellsTime ? stream.time_base : AVRational(num: 1, den: 1_000_000)
        clock = FrameClock(numerator: unit.num, denominator: unit.den, usualStep: rate > 0 ? 1 / rate : 0.04)
        pace = demuxer.isRecorded ? Pace() : nil
    }

    func next() throws(LandmarkdError) -> LiveFrame? {
        while !stop.isSet {
            switch decoder.receive() {
            case .picture(let picture):
                guard let frame = frame(picture) else { continue }
                defer { lastGood = (monotonicSeconds(), brokenFrames, false) }
                if demuxer.isRaw { format.rate = decoder.toldRate }
                defer { if let pace { format.rate = pace.kept(demuxer.isRaw ? decoder.toldRate : toldRate) } }
                guard let due = pace?.due(frame.time) else { return LiveFrame(frame: frame, exposure: unixSeconds()) }
                return stop.wait(until: due.monotonic) ? nil : LiveFrame(frame: frame, exposure: due.unix)
            case .needsPacket:
                try checkPatience()
                try feed()
            case .failed: brokenFrames += 1
            case .finished:
                if pace != nil { return nil }
                throw NetworkFaults(address: address, watch: watch).ended
            }
        }
        return nil
    }

    /// Data that never becomes a picture is as good as none.
    private func checkPatience() throws(LandmarkdError) {
        let bearable = max(lastGood.isFirst ? Self.firstPatience : 1, patience.reading)
        guard monotonicSeconds() - lastGood.time > bearable else { return }
        let broken = brokenFrames - lastGood.broken
        throw LandmarkdError(
            .unavailable, "\(address.shown): no good picture for \(rateText(bearable)) s, \(broken) broken",
            remedy: "check the camera and the network; the stream is reopened")
    }

    private func feed() throws(LandmarkdError) {
        watch.start(patience.reading)
        do {
            let isPacket = try demuxer.read(into: packet)
            if !decoder.send(isPacket ? packet : nil) { brokenFrames += 1 }
        } catch {
            if !stop.isSet { throw error }
        }
    }

    private func frame(_ picture: Picture) -> Frame? {
        let time = time(of: picture)
        guard let readable = scaler.readable(picture) else {
            brokenFrames += 1
            return nil
        }
        return Frame(
            readable, fullRange: readable.isFullRange, orientation: orientation,
            pixelShape: demuxer.pixelShape(of: picture), time: time)
    }

    /// Seconds from the first picture, growing.
    private func time(of picture: Picture) -> Double {
        let stamp = picture.pointer.pointee.best_effort_timestamp
        if tellsTime {
            return clock.time(
                stamp: stamp == lm_av_nopts ? nil : stamp, duration: lm_frame_duration(picture.pointer))
        }
        return clock.time(stamp: Int64(monotonicSeconds() * 1e6), duration: 0)
    }
}

/// Tells FFmpeg when to give up waiting for the network: it asks between any two waits, and before it sends anything.
final class NetworkWatch {  // thread-bound: FFmpeg asks on the thread that called it
    private let stop: StopSignal
    private var deadline = Double.infinity
    /// Seconds that the present wait may last.
    private(set) var patience = 0.0
    /// The address that FFmpeg is at, which changes as it follows an RTSP redirect; nil once that cannot happen any more.
    var currentAddress: (() -> String)?
    /// What it may go on to.
    private let address: NetworkAddress?
    /// Where a redirect to another server would have led. FFmpeg would have shown that server the password.
    private(set) var otherServer: String?

    init(stop: StopSignal, address: NetworkAddress? = nil) { (self.stop, self.address) = (stop, address) }

    /// From here on at most so many seconds, and not beyond `limit` (monotonic seconds).
    func start(_ patience: Double, until limit: Double = .infinity) {
        self.patience = patience
        deadline = min(monotonicSeconds() + patience, limit)
    }

    var isStopped: Bool { stop.isSet }
    var isLate: Bool { monotonicSeconds() > deadline }

    var mustEnd: Bool {
        noticeRedirect()
        return otherServer != nil || isStopped || isLate
    }

    private func noticeRedirect() {
        guard otherServer == nil, let address, let current = currentAddress?(), current != address.full else { return }
        let isSame = (try? NetworkAddress(current)).map { $0.hasServer(of: address) } ?? false
        if !isSame { otherServer = current }
    }
}
