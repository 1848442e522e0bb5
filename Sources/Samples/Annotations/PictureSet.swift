import Base
import Capture

/// Pictures decoded once and held, shrunk to what training needs.
package struct PictureSet: Sendable {
    /// Longer side that pictures are shrunk to, in pixels: the published 750.
    package static let longerSide = 750

    package let files: [String]
    package let frames: [Frame]
    /// Sizes as displayed before shrinking.
    package let originalSizes: [PixelSize]

    /// Decodes the files on all cores. Throws the first file's error, in their order.
    package init(_ files: [String], longerSide: Int = PictureSet.longerSide) throws(LandmarkdError) {
        let results = parallelMap(files.count, threads: processorCount()) { index in
            Result { () throws(LandmarkdError) in
                let frame = try readStill(files[index])
                let size = PixelSize(width: frame.displayWidth, height: frame.displayHeight)
                return (shrunk(frame, toLongerSide: longerSide), size)
            }
        }
        var frames: [Frame] = []
        var sizes: [PixelSize] = []
        for result in results {
            let (frame, size) = try result.get()
            frames.append(frame)
            sizes.append(size)
        }
        (self.files, self.frames, self.originalSizes) = (files, frames, sizes)
    }

    /// The pictures of several sets.
    package init(joining sets: [PictureSet]) {
        (files, frames) = (sets.flatMap(\.files), sets.flatMap(\.frames))
        originalSizes = sets.flatMap(\.originalSizes)
    }

    /// The pictures whose file name, without folders, is wanted.
    package func filter(_ isWanted: (String) -> Bool) -> PictureSet {
        let kept = files.indices.filter { isWanted(files[$0].split(separator: "/").last.map(String.init) ?? "") }
        return PictureSet(
            files: kept.map { files[$0] }, frames: kept.map { frames[$0] },
            originalSizes: kept.map { originalSizes[$0] })
    }

    private init(files: [String], frames: [Frame], originalSizes: [PixelSize]) {
        (self.files, self.frames, self.originalSizes) = (files, frames, originalSizes)
    }

    package init() { (files, frames, originalSizes) = ([], [], []) }

    /// The pictures in `folder/negatives`, where no face is; none where there is no such folder.
    package static func negatives(folder: String) throws(LandmarkdError) -> PictureSet {
        let root = folder + "/negatives"
        guard let names = try? filesInTree(root) else { return PictureSet() }
        let pictures = names.filter { PictureIndex.endings.contains(splitEnding($0).ending) }
        return try PictureSet(pictures.map { root + "/" + $0 })
    }
}
