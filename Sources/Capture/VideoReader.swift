import Base
import CFFmpeg

/// Yields every picture of a video file's best video stream, in order of display, as decoded.
///
/// Planes are the decoder's own, lent by reference and never copied; only pictures that are not Y, Cb, Cr (GIF, screen
/// recordings in RGB) are converted, to full-range 4:4:4. A picture that cannot be decoded is reported in its place, without
/// frame. A picture that the decoder patched up (concealed errors) counts as decoded. Size and format may change from
/// frame to frame. Pixels that are not square stay as stored, and frames carry their shape.
package final class VideoReader {  // thread-bound
    package let info: VideoInfo
    /// Pictures so far that failed to decode.
    package private(set) var brokenCount = 0
    /// Jumps of the container's clock that were taken out of the times so far.
    package var clockJumps: Int { clock.jumps }
    /// Once all is read: that pictures end long before the container says, which damage or longer sound may cause.
    package private(set) var note: String?

    private let path: String
    private let threads: Int
    private let span: TimeSpan
    private let window: Range<Double>
    private let demuxer: Demuxer
    private let decoder: VideoDecoder
    private let scaler = PictureScaler()
    private let packet = Packet()
    private var queue = PresentationQueue<Picture>()
    private var clock: FrameClock
    private var count = 0
    private var goodCount = 0
    private var hasAnswered = false
    private var isDraining = false
    private var isFinished = false
    /// The end and its cause were reported to the caller.
    private var isTold = false
    /// Why reading ended early; thrown after the last picture.
    private var failure: LandmarkdError?

    /// Opens a file; no network address, list or script is ever followed.
    ///
    /// Only pictures in `span` are yielded; those before are decoded too, since only so their numbers are sure.
    /// `raw`: what the file holds where that are pictures without a container.
    /// `threads`: the decoder's own; with more than 1, a broken picture's time is that of its neighbour plus a usual step.
    ///
    /// Throws `noInput` (missing, unreadable, a folder), `unusableData` (empty, no video, cut off, damaged, no decoder).
    package init(
        _ path: String, threads: Int = 1, span: TimeSpan = .whole, raw: RawVideo? = nil
    ) throws(LandmarkdError) {
        precondition(
            threads >= 1 && span.start >= 0 && span.duration >= 0,
            "threads \(threads), \(span.start) + \(span.duration) s")
        (self.path, self.threads, self.span) = (path, threads, span)
        // Times come as decimals: half a microsecond of tolerance.
        window = (span.start - 0.5e-6)..<(span.end - 0.5e-6)
        demuxer = try Demuxer(path, raw: raw)
        let stream = demuxer.stream.pointee
        decoder = try VideoDecoder(stream.codecpar, threads: threads, path: path)
        info = VideoInfo(demuxer, codec: decoder.name)
        let step = info.frameRate > 0 ? 1 / info.frameRate : 0.04
        clock = FrameClock(numerator: stream.time_base.num, denominator: stream.time_base.den, usualStep: step)
    }

    /// Seconds that will be read, as the file says itself; nil where it does not say.
    package var duration: Double? { info.duration.map { min(max(0, $0 - span.start), span.duration) } }

    /// The next picture; nil at the end of the file or of the span.
    ///
    /// Where reading fails in the middle, everything before it is yielded first. Throws `unusableData` (damaged, cut
    /// off, not one picture decoded, nothing in the span) or `inputOutput` (the disk), each once; nil from then on.
    package func next() throws(LandmarkdError) -> DecodedFrame? {
        let frame = try nextInSpan()
        defer { hasAnswered = true }
        if frame == nil, !hasAnswered, span != .whole { throw nothingInSpan() }
        return frame
    }

    private func nextInSpan() throws(LandmarkdError) -> DecodedFrame? {
        while let entry = nextEntry() {
            let time = clock.time(stamp: entry.stamp, duration: entry.duration)
            let index = count
            count += 1
            if time >= window.upperBound { return stop() }
            if time < window.lowerBound {
                // A long way to `start` must not keep a signal waiting.
                if Interruption.isAsked { throw InputStream.interrupted(path) }
                continue
            }
            let frame = entry.content.flatMap { self.frame($0, time: time) }
            if frame == nil { brokenCount += 1 }
            return DecodedFrame(index: index, time: time, frame: frame, clockJumps: clock.jumps)
        }
        try tellFailure()
        return nil
    }

    /// Ends waiting for a pipe's writer, from any thread: `next` then throws.
    package func cancel() { demuxer.streamInput?.cancel() }

    private func nothingInSpan() -> LandmarkdError {
        span.start >= clock.end
            ? LandmarkdError(
                .unusableData, "\(path): it ends at \(decimal(clock.end, 3)) s, before --start \(span.start)",
                remedy: "give a smaller --start")
            : LandmarkdError(
                .unusableData, "\(path): no picture between \(span.start) s and \(span.end) s",
                remedy: "give a larger --duration")
    }

    private func stop() -> DecodedFrame? {
        (isFinished, isTold) = (true, true)
        queue = PresentationQueue()
        return nil
    }

    private func nextEntry() -> PresentationQueue<Picture>.Entry? {
        while true {
            if let entry = queue.next() { return entry }
            if isFinished { return nil }
            advance()
        }
    }

    /// One step of the decoder: a picture out of it, or a packet into it.
    private func advance() {
        switch decoder.receive() {
        case .picture(let picture):
            goodCount += 1
            let stamp = picture.pointer.pointee.best_effort_timestamp
            queue.decoded(
                picture, stamp: stamp == lm_av_nopts ? nil : stamp, duration: lm_frame_duration(picture.pointer))
        case .needsPacket: feed()
        case .failed:
            // With one thread failures show as a packet is sent; while draining there is no packet to blame.
            if threads > 1 || !isDraining { queue.broken(stamp: threads > 1 ? nil : packetStamp) }
        case .finished:
            isFinished = true
            queue.finish()
        }
    }

    private func feed() {
        do {
            if try demuxer.read(into: packet) {
                if !decoder.send(packet) { queue.broken(stamp: threads > 1 ? nil : packetStamp) }
                return
            }
        } catch {
            failure = error
        }
        isDraining = true
        _ = decoder.send(nil)
    }

    private var packetStamp: Int64? {
        let (shown, decoded) = (packet.pointer.pointee.pts, packet.pointer.pointee.dts)
        return shown != lm_av_nopts ? shown : decoded != lm_av_nopts ? decoded : nil
    }

    private func frame(_ picture: Picture, time: Double) -> Frame? {
        guard let readable = scaler.readable(picture) else { return nil }
        let turned = lm_frame_display_matrix(picture.pointer).map { Orientation(displayMatrix: $0) }
        return Frame(
            readable, fullRange: readable.isFullRange, orientation: turned ?? info.orientation,
            pixelShape: demuxer.pixelShape(of: picture), time: time)
    }

    private func tellFailure() throws(LandmarkdError) {
        guard !isTold else { return }
        isTold = true
        if let failure { throw failure }
        if let missing = missingBytes(path) {
            throw LandmarkdError(
                .unusableData, "\(path): the file is truncated: \(missing) bytes or more are missing at its end",
                remedy: "what came before is good; copy or record the file again for the rest")
        }
        if goodCount == 0 {
            throw LandmarkdError(
                .unusableData, "\(path): none of its \(count) \(info.codec) pictures could be decoded",
                remedy: "the file is damaged or truncated: record or copy it again")
        }
        if let promised = info.duration, clock.end < promised - max(2, promised / 10) {
            let (end, whole) = ((clock.end * 10).rounded() / 10, (promised * 10).rounded() / 10)
            note = "\(path): its pictures end after \(end) s, but it says that it lasts \(whole) s"
        }
    }
}

extension VideoInfo {
    fileprivate init(_ demuxer: Demuxer, codec: String) {
        let stream = demuxer.stream
        let parameters = stream.pointee.codecpar.pointee
        let orientation =
            lm_stream_display_matrix(stream).map { Orientation(displayMatrix: $0) } ?? Orientation()
        let size = (Int(parameters.width), Int(parameters.height))
        (width, height) = orientation.quarterTurns.isMultiple(of: 2) ? size : (size.1, size.0)
        (self.codec, container) = (codec, demuxer.formatName)
        (frameRate, duration) = (demuxer.frameRate, demuxer.duration)
        tellsRate = !demuxer.isRaw
        let counted = Int(clamping: stream.pointee.nb_frames)
        let guessed = duration.flatMap { Int(exactly: ($0 * demuxer.frameRate).rounded()) } ?? 0
        estimatedFrames = counted > 0 ? counted : guessed > 0 ? guessed : nil
        self.orientation = orientation
    }
}

/// What a video file yields: a frame, or the place of one that failed to decode.
package struct DecodedFrame: Sendable {
    /// Place among the file's pictures, from 0, counted from its beginning even where `start` skips some.
    package let index: Int
    /// Seconds from the file's first picture, by the container's clock; grows from picture to picture.
    package let time: Double
    /// nil where decoding failed.
    package let frame: Frame?
    /// Jumps of the container's clock up to here, which were taken out of `time`.
    package let clockJumps: Int

    package init(index: Int, time: Double, frame: Frame?, clockJumps: Int = 0) {
        (self.index, self.time, self.frame, self.clockJumps) = (index, time, frame, clockJumps)
    }
}

/// What a video file says of itself. Estimates are for progress bars; only decoding shows the truth.
package struct VideoInfo: Sendable {
    /// Pixels as displayed, after `orientation`.
    package let width: Int
    package let height: Int
    /// FFmpeg's names: "h264", "mov,mp4,m4a,3gp,3g2,mj2".
    package let codec: String
    package let container: String
    /// Frames a second, 0 where unknown; a mean where it varies.
    package let frameRate: Double
    /// Whether the file states that rate; else it is what FFmpeg assumes for pictures without a container.
    package let tellsRate: Bool
    /// Seconds.
    package let duration: Double?
    package let estimatedFrames: Int?
    package let orientation: Orientation
}

/// The part of a recording that is asked for: pictures from `start` on for `duration`, both in seconds.
package struct TimeSpan: Sendable, Equatable {
    package var start: Double
    package var duration: Double

    package init(start: Double, duration: Double) { (self.start, self.duration) = (start, duration) }

    package var end: Double { start + duration }

    package static let whole = TimeSpan(start: 0, duration: .infinity)
}
