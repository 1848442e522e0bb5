import Base

/// Plays a video file at its own pace, as if it came from a camera; gaps between pictures are shortened to 3 s. Never follows an
/// address inside the file.
package struct FileOpener: LiveSourceOpener {
    package let name: String
    package let kind = SourceKind.file
    private let loop: Bool

    /// `loop`: played again and again; else once.
    package init(_ path: String, loop: Bool = false) { (name, self.loop) = (path, loop) }

    /// Throws `noInput` (missing, unreadable, no regular file) or `unusableData` (no video).
    package func open(stop: StopSignal) throws(LandmarkdError) -> any LiveSource {
        try FileSource(name, loop: loop, stop: stop)
    }
}

private final class FileSource: LiveSource {  // thread-bound
    private let path: String
    private let loop: Bool
    private let stop: StopSignal
    private var reader: VideoReader
    private var pace = Pace()
    /// Seconds from the first frame of all to the first one of this time through the file.
    private var offset = 0.0
    private var last: (time: Double, step: Double)?
    private var brokenBefore = 0
    private var jumpsBefore = 0
    /// Whether this time through the file has given a picture.
    private var hasPicture = false

    /// Longest tolerated time of decoding without a good picture, in seconds.
    private static let patience = 10.0

    init(_ path: String, loop: Bool, stop: StopSignal) throws(LandmarkdError) {
        (self.path, self.loop, self.stop) = (path, loop, stop)
        try requireRegularFile(path)
        reader = try VideoReader(path)
    }

    var format: LiveFormat {
        let info = reader.info
        return LiveFormat(
            width: info.width, height: info.height, encoding: info.codec,
            rate: pace.kept(toldRate))
    }

    /// Seconds that a picture is shown where the times do not say.
    private var usualStep: Double { toldRate.map { 1 / $0 } ?? 0.04 }

    private var toldRate: Double? {
        reader.info.frameRate > 0 && reader.info.tellsRate ? reader.info.frameRate : nil
    }

    var brokenFrames: Int { brokenBefore + reader.brokenCount }
    var clockJumps: Int { jumpsBefore + reader.clockJumps }

    func next() throws(LandmarkdError) -> LiveFrame? {
        let deadline = monotonicSeconds() + Self.patience
        while !stop.isSet {
            guard let picture = try nextPicture() else { return nil }
            guard var frame = picture.frame else {
                if monotonicSeconds() > deadline { throw noPicture("no good picture for \(rateText(Self.patience)) s") }
                continue
            }
            hasPicture = true
            frame.time = offset + picture.time
            let exposure = pace.due(frame.time)
            guard !stop.wait(until: exposure.monotonic) else { return nil }
            return LiveFrame(frame: frame, exposure: exposure.unix)
        }
        return nil
    }

    /// The next picture, from the beginning again where the file is played in a loop.
    private func nextPicture() throws(LandmarkdError) -> DecodedFrame? {
        while true {
            do {
                if let picture = try reader.next() {
                    let step = last.map { picture.time - $0.time } ?? 0
                    last = (picture.time, step > 0 ? step : usualStep)
                    return picture
                }
            } catch {
                // What came before the damage was good: that is where this file ends.
                guard last != nil, error.exitCode == .unusableData else { throw error }
                brokenBefore += 1
            }
            guard hasPicture, let end = last else { throw noPicture("not one picture in it could be decoded") }
            guard loop else { return nil }
            brokenBefore += reader.brokenCount
            jumpsBefore += reader.clockJumps
            offset += end.time + end.step
            (last, hasPicture) = (nil, false)
            reader = try VideoReader(path)
        }
    }

    private func noPicture(_ what: String) -> LandmarkdError {
        LandmarkdError(
            .unusableData, "\(path): \(what), \(brokenFrames) broken",
            remedy: "the file is damaged or truncated: record or copy it again")
    }
}

/// A pipe would hold up opening for as long as nobody writes to it, and no signal would end that.
private func requireRegularFile(_ path: String) throws(LandmarkdError) {
    _ = try checkedInputSize(path)
    guard FileIdentity(path: path)?.isRegular == true else {
        throw LandmarkdError(
            .noInput, "\(path): opening: not a regular file",
            remedy: "name a video file; cameras are named /dev/video0 or by their card name")
    }
}
