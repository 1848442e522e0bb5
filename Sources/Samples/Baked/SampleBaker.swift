import Base
import FaceTracking
import Glibc

/// Writes the first samples of a source to a folder, to train on later without making them again.
package struct SampleBaker {
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// Creates the folder if it is missing. The index is written last: a folder without it is not whole.
    ///
    /// `progress` is told the number of samples written so far. Throws `cannotCreate` or `inputOutput`.
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
