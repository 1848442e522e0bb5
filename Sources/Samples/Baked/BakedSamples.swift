import Base
import FaceTracking
import Glibc

/// Samples that `SampleBaker` wrote; longer sequences begin again. The crops stay on disk and come in as they are needed.
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
