import Base
import FaceTracking
import Glibc

/// Samples that `SampleBaker` wrote; longer sequences begin again. The crops stay on disk and are paged in as needed.
package final class BakedSamples: SampleSource {
    package let side: Int
    package let channels: Int
    package let scheme: LandmarkScheme
    package let folder: String
    /// Pictures that the samples were made from.
    package let files: Set<String>
    package var count: Int { labels.count }
    private let labels: [SampleLabels]
    private let crops: MappedFile

    /// Throws `noInput` where a file is missing, `unusableData` with file and line where one is faulty or cut off.
    package init(folder: String) throws(LandmarkdError) {
        let index = try BakedIndex(TextFile(BakedFiles.index(folder)))
        (side, channels, scheme, labels) = (index.side, index.channels, index.scheme, index.labels)
        (self.folder, files) = (folder, Set(index.labels.map(\.file)))
        crops = try MappedFile(BakedFiles.crops(folder))
        let needed = labels.count * side * side * channels
        guard crops.bytes.count == needed else {
            throw LandmarkdError(
                .unusableData, "\(BakedFiles.crops(folder)): \(crops.bytes.count) bytes where \(needed) belong",
                remedy: "bake the samples again")
        }
    }

    /// Whether the folder holds baked samples.
    package static func isBaked(_ folder: String) -> Bool { FileIdentity(path: BakedFiles.index(folder)) != nil }

    package func makeGenerator() -> any SampleGenerator { Generator(self) }

    private final class Generator: SampleGenerator {
        private let samples: BakedSamples

        init(_ samples: BakedSamples) { self.samples = samples }

        func makeSample(index: UInt64, into crop: UnsafeMutableBufferPointer<Float>) -> SampleLabels {
            let number = Int(index % UInt64(samples.count))
            let size = samples.side * samples.side * samples.channels
            precondition(crop.count == size, "a sample of \(size) numbers into \(crop.count)")
            let bytes = samples.crops.bytes[number * size..<(number + 1) * size]
            for (i, byte) in bytes.enumerated() { crop[i] = (Float(byte) - 128) / 127 }
            return samples.labels[number]
        }
    }
}

/// What `samples.csv` says.
struct BakedIndex {
    let side: Int
    let channels: Int
    let scheme: LandmarkScheme
    private(set) var labels: [SampleLabels] = []

    init(_ text: TextFile) throws(LandmarkdError) {
        let lines = text.lines()
        func fault(_ line: Int, _ what: String) -> LandmarkdError {
            LandmarkdError(.unusableData, "\(text.name):\(line): \(what)", remedy: "bake the samples again")
        }
        let head = lines.first.map { Self.words($0.text) } ?? []
        guard head.count == 5, head[0] == BakedFiles.format, let side = Int(head[1]), let channels = Int(head[2]),
            let scheme = LandmarkScheme.named(head[3]), let count = Int(head[4]), 1...4096 ~= side, 1...16 ~= channels
        else { throw fault(1, "not the first line of \(BakedFiles.format)") }
        (self.side, self.channels, self.scheme) = (side, channels, scheme)
        guard lines.count - 1 == count, count > 0 else {
            throw fault(lines.last?.number ?? 1, "\(lines.count - 1) samples where \(count) belong")
        }
        for line in lines.dropFirst() {
            let fields = line.text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            let kinds = fields.count > 2 ? String(decoding: fields[2], as: UTF8.self) : ""
            let sets = ["-": 0, "T": 1, "P": 1, "TP": 2][kinds]
            guard let sets, fields.count == 3 + 2 * sets * scheme.count else {
                throw fault(line.number, "\(fields.count) fields do not make a sample of \(scheme.count) points")
            }
            var points: [Point] = []
            for i in 0..<sets * scheme.count {
                let x = try text.number(fields[3 + 2 * i], line: line.number)
                points.append(Point(x, try text.number(fields[4 + 2 * i], line: line.number)))
            }
            labels.append(
                SampleLabels(
                    truth: kinds.hasPrefix("T") ? Array(points.prefix(scheme.count)) : [],
                    prior: kinds.hasSuffix("P") ? Array(points.suffix(scheme.count)) : nil,
                    presence: fields[1].elementsEqual("1".utf8), file: String(pathBytes: fields[0])))
        }
    }

    private static func words(_ text: ArraySlice<UInt8>) -> [String] {
        text.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Writes the first samples of a source to a folder, to be trained on later without generating them again.
package struct SampleBaker {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// Creates the folder if it is missing. The index is written last: a folder without it is incomplete.
    ///
    /// `progress` receives the number of samples written so far. Throws `cannotCreate` or `inputOutput`.
    package func bake(
        _ source: any SampleSource, scheme: LandmarkScheme, count: Int, progress: (Int) -> Void = { _ in }
    ) throws(LandmarkdError) {
        precondition(count > 0, "baking \(count) samples")
        _ = try makeFolder(folder)
        _ = BakedFiles.index(folder).withSystemPath { unlink($0) }
        let path = BakedFiles.crops(folder)
        let output = try OutputFile(path)
        let descriptor = try output.open()
        defer { close(descriptor) }
        var index = "\(BakedFiles.format),\(source.side),\(source.channels),\(scheme.name),\(count)\n"
        let generator = source.makeGenerator()
        var crop = [Float](repeating: 0, count: source.side * source.side * source.channels)
        for number in 0..<count {
            let labels = crop.withUnsafeMutableBufferPointer { generator.makeSample(index: UInt64(number), into: $0) }
            try writeAll(crop.map(BakedFiles.byte), to: descriptor, path: path, patience: .infinity)
            index += BakedFiles.line(labels)
            progress(number + 1)
        }
        guard output.isSpecial || fsync(descriptor) == 0 else {
            let code = errno
            throw LandmarkdError(
                .inputOutput, "\(path): writing: \(systemFault(code))", remedy: writingRemedy(code))
        }
        try output.commit()
        try writeFile(BakedFiles.index(folder), Array(index.utf8))
    }
}

/// The two files of a folder of baked samples.
///
/// `crops.bin`: the crops one after the other, `[side, side, channels]` bytes each, value = (byte − 128)/127.
/// `samples.csv`: a line `landmarkd-samples/1,SIDE,CHANNELS,SCHEME,COUNT`, then a line per sample:
/// `file,presence,x0,y0,…,px0,py0,…` with the truth, then the prior, in crop units; either is left out where there is none;
/// `T`, `P`, `TP` or `-` in the third field says which are present.
enum BakedFiles {
    static let format = "landmarkd-samples/1"

    static func crops(_ folder: String) -> String { folder + "/crops.bin" }
    static func index(_ folder: String) -> String { folder + "/samples.csv" }

    static func byte(_ value: Float) -> UInt8 { UInt8(max(1, min(255, (value * 127).rounded() + 128))) }

    static func line(_ labels: SampleLabels) -> String {
        let kinds = (labels.truth.isEmpty ? "" : "T") + (labels.prior == nil ? "" : "P")
        let points = labels.truth + (labels.prior ?? [])
        // A name with a comma or line end would break the row; it serves messages only.
        let file = String(labels.file.map { $0 == "," || $0.isNewline ? "_" : $0 })
        let numbers = points.map { "\(Float($0.x)),\(Float($0.y))" }
        return ([file, labels.presence ? "1" : "0", kinds.isEmpty ? "-" : kinds] + numbers).joined(separator: ",")
            + "\n"
    }
}

/// A file's bytes as memory, read by the system as they are touched.
final class MappedFile: @unchecked Sendable {  // Sendable: read-only memory
    let bytes: UnsafeBufferPointer<UInt8>

    /// Throws `noInput` where the file cannot be opened, `inputOutput` where it cannot be mapped.
    init(_ path: String) throws(LandmarkdError) {
        let descriptor = openForReading(path)
        guard descriptor >= 0 else {
            throw LandmarkdError(.noInput, "\(path): opening: \(systemFault())", remedy: "check the path")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw LandmarkdError(.inputOutput, "\(path): asking for its size: \(systemFault())")
        }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw LandmarkdError(.inputOutput, "\(path): mapping: \(systemFault())")
        }
        bytes = UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: size)
    }

    deinit {
        guard let base = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
}
