import Base

/// A camera that sends JPEGs over HTTP: one after the other in an answer without an end, or one in each answer.
final class HTTPSource: LiveSource {  // thread-bound
    private(set) var format: LiveFormat
    private(set) var brokenFrames = 0

    private let faults: HTTPFaults
    private let connection: HTTPConnection
    private let readingPatience: Double
    private let stop: StopSignal
    private let decoder: JPEGDecoder
    private var cutter: PictureCutter
    private let isMultipart: Bool
    private var limits = HTTPLimits()

    /// Whether each answer holds a single picture; known once the first one has ended.
    private var isSnapshot = false
    private var schedule: SnapshotSchedule
    /// Whole pictures in the present answer.
    private var pictureCount = 0
    private var isAnswered = false
    /// What the camera's last answers were in place of a picture.
    private var trouble: LandmarkdError?

    private let start = monotonicSeconds()
    private var silence = Silence()
    private var lastFrame: Frame?
    /// What opening found: the first frame, or why there is none.
    private var first: Result<Frame?, LandmarkdError>?

    /// Takes over an answer whose first bytes have come. Its first picture is waited for until `limit`; where none comes,
    /// the first `next` reports why, so that broken pictures are counted until then.
    init(
        _ answer: HTTPAnswer, patience: NetworkOpener.Patience, snapshotRate: Double, until limit: Double,
        stop: StopSignal
    ) throws(LandmarkdError) {
        (connection, faults, self.stop) = (answer.connection, answer.faults, stop)
        isMultipart = answer.content.isMultipart
        cutter = PictureCutter(boundary: answer.connection.head.boundary)
        cutter.append(answer.start)
        schedule = SnapshotSchedule(rate: snapshotRate, asked: answer.asked)
        readingPatience = patience.reading
        decoder = try JPEGDecoder(path: answer.faults.address.shown)
        format = LiveFormat(width: 0, height: 0, encoding: "mjpeg", rate: nil)
        silence.bytes = answer.start.count
        let opening = patience.opening
        first = Result { () throws(LandmarkdError) in try frame(until: limit, of: opening) }
    }

    /// Longest tolerated time without a good picture, in seconds.
    private var patience: Double { isSnapshot ? max(readingPatience, 3 * schedule.interval) : readingPatience }

    func next() throws(LandmarkdError) -> LiveFrame? {
        let frame: Frame?
        if let first {
            self.first = nil
            frame = try first.get()
        } else {
            frame = try self.frame(until: monotonicSeconds() + patience, of: patience)
        }
        return frame.map { LiveFrame(frame: $0, exposure: unixSeconds()) }
    }

    /// The next good picture; nil once stopped. Throws where none comes until `deadline`, `seconds` after the last one.
    private func frame(until deadline: Double, of seconds: Double) throws(LandmarkdError) -> Frame? {
        while !stop.isSet {
            if let frame = try advance(until: deadline) {
                format.width = frame.displayWidth
                format.height = frame.displayHeight
                (silence, trouble, lastFrame) = (Silence(), nil, frame)
                return frame
            }
            if monotonicSeconds() >= deadline, !stop.isSet {
                let bytes = silence.bytes + cutter.unfinishedBytes
                // What came and never became a whole picture is one that is broken.
                if silence.broken == 0, bytes > 0, !isMultipart || cutter.unfinishedBytes > 0 { brokenFrames += 1 }
                throw trouble ?? faults.silence(seconds, broken: silence.broken, bytes: bytes)
            }
        }
        return nil
    }

    /// One step: decodes a picture that has come, else asks for one, else waits for more of the answer.
    private func advance(until deadline: Double) throws(LandmarkdError) -> Frame? {
        let picture = try nextPicture()
        count(broken: cutter.takeUnreadable())
        if let bytes = picture {
            pictureCount += 1
            stop.wait(seconds: limits.pictures.take(1))
            let frame = decoder.frame(of: bytes, time: monotonicSeconds() - start)
            if frame == nil { count(broken: 1) }
            return frame
        }
        if isAnswered {
            if !stop.wait(until: min(schedule.due, deadline)), monotonicSeconds() < deadline { ask() }
            return nil
        }
        switch connection.next(until: deadline) {
        case .bytes(let bytes): add(bytes)
        case .ended: return try answerHasEnded(nil)
        case .failed(let failure): return try answerHasEnded(faults.failed(failure, after: connection.head))
        case .timeUp, .stopped: break
        }
        return nil
    }

    private func count(broken: Int) {
        brokenFrames += broken
        silence.broken += broken
    }

    private func nextPicture() throws(LandmarkdError) -> [UInt8]? {
        do throws(OversizedPart) {
            return try cutter.next()
        } catch {
            throw faults.oversized(error)
        }
    }

    private func add(_ bytes: [UInt8]) {
        stop.wait(seconds: limits.bytes.take(Double(bytes.count)))
        guard connection.head.isGood else { return }
        silence.bytes += bytes.count
        cutter.append(bytes)
    }
}

// What comes after an answer: the next one where it was a snapshot, else the source is lost.
extension HTTPSource {
    /// Returns the frame before once more where the camera says that it is still the present one.
    private func answerHasEnded(_ failure: LandmarkdError?) throws(LandmarkdError) -> Frame? {
        // The answer was a picture that is none, or ended within one.
        let isBroken = cutter.unfinishedBytes > 0 || pictureCount == 0 && !isMultipart
        if connection.head.isGood, isBroken { count(broken: 1) }
        if !isSnapshot {
            guard failure == nil, pictureCount == 1, !isMultipart else { throw failure ?? faults.ended }
            isSnapshot = true
        }
        isAnswered = true
        let status = connection.head.status
        if let failure {
            trouble = failure
        } else if connection.head.isGood {
            schedule.conditions = connection.head.conditions
            if pictureCount == 0 { trouble = faults.pictureless }
        } else if status == 304, var frame = lastFrame {
            frame.time = monotonicSeconds() - start
            return frame
        } else {
            trouble = faults.status(status)
            if !HTTPFaults.isPassing(status) { throw faults.status(status) }
        }
        return nil
    }

    private func ask() {
        cutter = PictureCutter()
        (isAnswered, pictureCount) = (false, 0)
        schedule.asks()
        connection.ask(schedule.conditions)
    }
}

/// What has come since the last good picture.
private struct Silence {
    var broken = 0
    var bytes = 0
}

/// What is taken from a server that sends as fast as it can: more than any camera sends, less than would keep a core busy.
private struct HTTPLimits {
    var pictures = Throttle(rate: 240, burst: 60)
    var bytes = Throttle(rate: Double(64 << 20), burst: Double(16 << 20))
}

/// When a camera is asked for the next picture, and with which conditions.
private struct SnapshotSchedule {
    /// Seconds from one request to the next.
    let interval: Double
    var conditions: [String] = []
    /// When the next request is due, in monotonic seconds. A slow camera is asked as soon as it has answered.
    private(set) var due: Double

    /// `asked`: when the first request was sent.
    init(rate: Double, asked: Double) { (interval, due) = (1 / rate, asked + 1 / rate) }

    mutating func asks() { due = max(due, monotonicSeconds() - interval) + interval }
}

/// Holds back who takes more of something than a rate allows, after a burst that is free.
///
/// Source: the generic cell rate algorithm, ITU-T I.371.
struct Throttle {
    private let rate: Double
    private let burst: Double
    /// When all that was taken so far would have come at the rate, in monotonic seconds.
    private var due = 0.0

    /// `rate`: a second; `burst`: how much more may come at once.
    init(rate: Double, burst: Double) { (self.rate, self.burst) = (rate, burst) }

    /// Takes so much; the seconds to wait before it is used.
    mutating func take(_ amount: Double, now: Double = monotonicSeconds()) -> Double {
        due = max(due, now - burst / rate) + amount / rate
        return max(0, due - now)
    }
}
