import Base
import Capture
import FaceTracking
import Results

/// How inputs without a container are read: picture sequences and raw frames.
package struct InputOptions: Sendable {
    /// Every folder is one recording, its pictures are the frames.
    package var foldersAreSequences = false
    /// Frames a second of pictures and raw frames, which have no times.
    package var rate: FrameRate?
    /// What all inputs hold where they are raw frames.
    package var raw: RawVideo?

    package init() {}

    /// The recordings that an input of the command line names; `leftOut` and `failed` as for `mediaFiles`.
    ///
    /// Throws as `mediaFiles`, and `usage` for a sequence whose rate is not given.
    func recordings(
        in input: String, leftOut: (String) -> Void, failed: (LandmarkdError) -> Void
    ) throws(LandmarkdError) -> [MediaFile] {
        if let sequence = try sequence(input) { return [sequence] }
        return try mediaFiles(in: [input], leftOut: leftOut, failed: failed)
    }

    /// The one recording that a line of a manifest names. Throws as above.
    func recording(_ input: String) throws(LandmarkdError) -> MediaFile {
        try sequence(input) ?? MediaFile(path: input)
    }

    /// Nil where the input is no sequence of pictures.
    private func sequence(_ input: String) throws(LandmarkdError) -> MediaFile? {
        guard raw == nil, isSequence(input) else { return nil }
        guard rate != nil else {
            throw LandmarkdError(
                .usage, "\(input): pictures have no times",
                remedy: "add --rate with the pictures a second, as --rate 25")
        }
        return MediaFile(path: input, isSequence: true)
    }

    /// A folder where they are sequences, and a pattern where no file has that name; "50%.mp4" is none.
    private func isSequence(_ input: String) -> Bool {
        guard let identity = FileIdentity(path: input) else {
            let isVideo = MediaFile.isKnown(input.fileEnding) && !MediaFile(path: input).isStill
            return input.fileName.contains("%") && !isVideo
        }
        return identity.isFolder && foldersAreSequences
    }

    /// Opens a recording; `span` as for `VideoReader`.
    func source(_ file: MediaFile, span: TimeSpan) throws(LandmarkdError) -> any FrameSource {
        if let raw { return try VideoReader(file.path, span: span, raw: raw) }
        if file.isSequence, let rate { return try SequenceSource(file.path, rate: rate, span: span) }
        return file.isStill ? try StillSource(file.path) : try VideoReader(file.path, span: span)
    }
}

/// The pictures of a sequence, decoded one by one.
final class SequenceSource: FrameSource {
    let duration: Double?
    private let path: String
    private let nameNote: String?
    private let rate: FrameRate
    private let pictures: [String?]
    private let places: Range<Int>
    private var nextPlace: Int
    private var goodCount = 0
    private var firstFault: LandmarkdError?

    init(_ path: String, rate: FrameRate, span: TimeSpan) throws(LandmarkdError) {
        let sequence = try PictureSequence(path)
        (self.path, self.rate, pictures, nameNote) = (path, rate, sequence.pictures, sequence.note)
        func place(_ time: Double) -> Int {
            let place = ((time - 0.5e-6) * rate.perSecond).rounded(.up)
            return place < Double(sequence.pictures.count) ? max(0, Int(place)) : sequence.pictures.count
        }
        places = place(span.start)..<max(place(span.start), place(span.end))
        nextPlace = places.lowerBound
        duration = Double(places.count) / rate.perSecond
        guard !places.isEmpty else {
            let end = decimal(Double(pictures.count) / rate.perSecond, 3)
            throw LandmarkdError(
                .unusableData, "\(path): no picture from \(span.start) s on: it ends at \(end) s",
                remedy: "give a smaller --start or a larger --duration")
        }
    }

    /// A warning about the names, and about the first picture that could not be decoded.
    var note: String? {
        let notes = [nameNote, firstFault?.cause].compactMap(\.self)
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    /// A picture that cannot be decoded, or is missing, has its place without a frame. Throws where that is so of all.
    func next() throws(LandmarkdError) -> DecodedFrame? {
        guard nextPlace < places.upperBound else {
            if goodCount == 0, let firstFault { throw firstFault }
            return nil
        }
        defer { nextPlace += 1 }
        let time = Double(nextPlace) / rate.perSecond
        return DecodedFrame(index: nextPlace, time: time, frame: frame(pictures[nextPlace], time: time))
    }

    private func frame(_ picture: String?, time: Double) -> Frame? {
        guard let picture else { return nil }
        do throws(LandmarkdError) {
            var frame = try readStill(picture)
            frame.time = time
            goodCount += 1
            return frame
        } catch {
            firstFault = firstFault ?? error
            return nil
        }
    }
}
