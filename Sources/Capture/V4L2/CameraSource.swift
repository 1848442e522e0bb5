import Base
import CV4L2

/// A camera that streams.
final class CameraSource: LiveSource {  // thread-bound
    let format: LiveFormat
    private(set) var brokenFrames = 0

    private let path: String
    private let device: CameraDevice
    private let granted: CameraFormat
    private let pictures: CameraPictures
    private let stream: CameraStream
    private let stop: StopSignal
    /// Longest tolerated time without a good frame, in seconds, at first and later.
    private let patience: (first: Double, later: Double)

    private var clock = CameraClock()
    private var numbers: FrameNumbers
    /// Frames lost since the last one that was handed over.
    private var lost = 0
    /// Monotonic time of the last good frame, of opening before.
    private var lastGood = monotonicSeconds()
    private var firstSize: (width: Int, height: Int)?
    private var brokenAtLastGood = 0

    /// Driver's timestamps that could not be true.
    var replacedStamps: Int { clock.replacedStamps }

    /// Chooses a mode and starts. Throws `unavailable`, `tryLater` (busy), `noPermission` or `wrongSettings`.
    init(_ path: String, request: CameraRequest, calls: CameraCalls, stop: StopSignal) throws(LandmarkdError) {
        (self.path, self.stop) = (path, stop)
        let setup = try CameraSetup(path, request: request, calls: calls)
        (device, granted) = (setup.device, setup.granted)
        let encoding = "\(granted.code)" + (setup.isConverted ? " (converted)" : "")
        format = LiveFormat(width: granted.width, height: granted.height, encoding: encoding, rate: granted.rate)
        numbers = FrameNumbers(rate: granted.rate)
        let usual = max(2, 5 / max(granted.rate ?? 30, 0.1))
        patience = (request.patience ?? max(5, usual), request.patience ?? usual)
        pictures = try CameraPictures(granted, path: path)
        stream = try CameraStream(device)
    }

    func next() throws(LandmarkdError) -> LiveFrame? {
        while true {
            let bearable = firstSize == nil ? patience.first : patience.later
            let left = lastGood + bearable - monotonicSeconds()
            switch try stream.wait(seconds: left, stop: stop) {
            case .stopped: return nil
            case .ready: if let frame = try frame() { return frame }
            case .timeUp: break
            }
            if monotonicSeconds() >= lastGood + bearable { throw silence(bearable) }
        }
    }

    /// The newest of the filled buffers as a frame; nil where none holds a good one.
    private func frame() throws(LandmarkdError) -> LiveFrame? {
        guard let filled = try newest() else { return nil }
        let (now, unixNow) = (monotonicSeconds(), unixSeconds())
        let picture = pictures.picture(in: filled.bytes)
        try stream.giveBack(filled)
        guard let picture else {
            brokenFrames += 1
            return nil
        }
        let size = (picture.width, picture.height)
        guard size == firstSize ?? size else { throw formatChanged(path) }
        (firstSize, lastGood, brokenAtLastGood) = (size, now, brokenFrames)
        let exposure = clock.exposure(stamp: filled.stamp, now: now, unixNow: unixNow)
        let frame = Frame(
            picture, fullRange: granted.fullRange, orientation: Orientation(), time: exposure.time)
        defer { lost = 0 }
        return LiveFrame(frame: frame, exposure: exposure.unix, lost: lost)
    }

    /// Takes all filled buffers and keeps the last good one: where we were too slow for the others, they are lost.
    private func newest() throws(LandmarkdError) -> CameraStream.Filled? {
        var newest: CameraStream.Filled?
        for _ in 0..<Self.longestQueue {
            switch try stream.take() {
            case .nothing: return newest
            case .failed:
                brokenFrames += 1
                return newest
            case .filled(let filled):
                lost += numbers.lost(before: filled.sequence, stamp: filled.stamp, arrival: monotonicSeconds())
                guard !filled.isFaulty, pictures.mayHold(filled.bytes) else {
                    try discard(filled)
                    continue
                }
                if let older = newest {
                    lost += 1
                    try stream.giveBack(older)
                }
                newest = filled
            }
        }
        return newest
    }

    private func discard(_ filled: CameraStream.Filled) throws(LandmarkdError) {
        brokenFrames += 1
        try stream.giveBack(filled)
        // A loopback's new writer changes the format behind our back.
        if let present = device.presentFormat, !present.hasLayout(of: granted) { throw formatChanged(path) }
    }

    /// No driver has more buffers.
    private static let longestQueue = 32

    private func silence(_ seconds: Double) -> LandmarkdError {
        let broken = brokenFrames - brokenAtLastGood
        let what = broken == 0 ? "no frame" : "no good frame, \(broken) broken,"
        return LandmarkdError(
            .unavailable, "\(path): \(what) for \(rateText(seconds)) s",
            remedy: "check the camera's cable and power; it is reopened")
    }
}

/// Opens a V4L2 camera by its path or its card name, which is looked up again each time.
package struct CameraOpener: LiveSourceOpener {
    package let name: String
    package let kind = SourceKind.camera
    package var request: CameraRequest? { wish }
    private let wish: CameraRequest
    private let folder: CameraFolder
    private let calls: CameraCalls

    /// `name`: "/dev/video0", "/dev/v4l/by-id/…", or a card name: "HD Pro Webcam C920", or its beginning.
    package init(_ name: String, request: CameraRequest = CameraRequest(), folder: CameraFolder = CameraFolder()) {
        self.init(name, request: request, folder: folder, calls: .kernel)
    }

    init(_ name: String, request: CameraRequest, folder: CameraFolder, calls: CameraCalls) {
        (self.name, wish, self.folder, self.calls) = (name, request, folder, calls)
    }

    /// Throws `unavailable` (not there, no camera), `noPermission`, `tryLater` (busy), `wrongSettings` (no such
    /// format).
    package func open(stop: StopSignal) throws(LandmarkdError) -> any LiveSource {
        let node = try folder.node(of: name, calls: calls)
        return try CameraSource(node, request: wish, calls: calls, stop: stop)
    }
}
