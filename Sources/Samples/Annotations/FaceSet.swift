import Base
import Capture
import FaceTracking
import Rendering

/// Annotated faces and their pictures, held in memory; a picture that several faces share is held once.
package struct FaceSet: Sendable {
    /// Points and sizes are those of the held pictures.
    package internal(set) var faces: [AnnotatedFace]
    package let pictures: PictureSet
    /// Index into `pictures` for each face.
    package internal(set) var pictureIndex: [Int]
    package internal(set) var scheme: LandmarkScheme
    /// Warnings about annotations that do not match their pictures.
    package let warnings: [DataWarning]

    /// Decodes the faces' pictures. Faces most of whose points lie outside their picture are left out.
    ///
    /// Throws `noInput` where a picture is missing, `unusableData` where it is damaged or another size than its
    /// annotation says, or where no face is left.
    package init(_ faces: [AnnotatedFace], longerSide: Int = PictureSet.longerSide) throws(LandmarkdError) {
        // Some readers derive the scheme's mirror map from the faces, others do not: use the one that has it for all.
        guard let scheme = faces.first(where: { $0.scheme.mirror != nil })?.scheme ?? faces.first?.scheme else {
            throw LandmarkdError(
                .unusableData, "no face is left to use",
                remedy: "check the sets, the split and the scheme that were asked for")
        }
        precondition(faces.allSatisfy { $0.scheme.name == scheme.name }, "faces of several schemes in one set")
        var files: [String] = []
        var places: [String: Int] = [:]
        for face in faces where places[face.file] == nil {
            places[face.file] = files.count
            files.append(face.file)
        }
        let pictures = try PictureSet(files, longerSide: longerSide)
        let pictureIndex = faces.map { places[$0.file]! }
        var held: [(face: AnnotatedFace, picture: Int)] = []
        var warnings: [DataWarning] = []
        for (face, index) in zip(faces, pictureIndex) {
            let fitted = try face.fitted(
                to: pictures.frames[index], original: pictures.originalSizes[index], warnings: &warnings)
            if var fitted {
                fitted.scheme = scheme
                held.append((fitted, index))
            }
        }
        guard !held.isEmpty else {
            throw LandmarkdError(
                .unusableData, "no face is left to use: \(warnings.first?.text ?? "there was none")",
                remedy: "give the pictures that were annotated")
        }
        (self.faces, self.pictureIndex) = (held.map(\.face), held.map(\.picture))
        (self.pictures, self.scheme, self.warnings) = (pictures, scheme, warnings)
    }

    package var count: Int { faces.count }

    /// The faces whose errors can be measured in the scheme's unit, and a warning for each other one.
    package func withUnit() -> (faces: FaceSet?, warnings: [DataWarning]) {
        let doubts = faces.map(\.unitWarning)
        let kept = faces.indices.filter { doubts[$0] == nil }
        guard kept.count < faces.count else { return (self, []) }
        var set = self
        (set.faces, set.pictureIndex) = (kept.map { faces[$0] }, kept.map { pictureIndex[$0] })
        return (kept.isEmpty ? nil : set, doubts.compactMap(\.self))
    }

    /// Replaces the scheme by one with a fuller description of the same points.
    package mutating func describe(_ scheme: LandmarkScheme) {
        precondition(scheme == self.scheme, "faces of \(self.scheme.name) described as \(scheme.name)")
        self.scheme = scheme
        for index in faces.indices { faces[index].scheme = scheme }
    }

    package func frame(of face: Int) -> Frame { pictures.frames[pictureIndex[face]] }
}

/// Pictures decoded once and kept in memory, shrunk to the size that training needs.
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

extension FaceSet {
    /// Rendered people with exact landmarks, for trying training and augmentation without data. The same seed gives
    /// the same pictures.
    package init(rendered count: Int, _ face: AverageFace, seed: UInt64 = 1) {
        precondition(count > 0, "a set of \(count) drawn faces")
        var (faces, frames): ([AnnotatedFace], [Frame]) = ([], [])
        for index in 0..<count {
            let drawn = Self.draw(face, seed: seed &* 1009 &+ UInt64(index))
            guard let points = drawn.faces[0] else { preconditionFailure("a drawn face is out of its picture") }
            let size = PixelSize(width: drawn.picture.width, height: drawn.picture.height)
            faces.append(
                AnnotatedFace(
                    file: "drawn-\(index)", set: "drawn", split: .train, group: "drawn-\(index)", points: points,
                    scheme: .ibug68, size: size, source: "drawn face \(index)"))
            frames.append(drawn.frame)
        }
        self.init(faces, frames: frames)
    }

    /// A picture for each face, in the same order and of the size that the points are in.
    init(_ faces: [AnnotatedFace], frames: [Frame]) {
        pictures = PictureSet(faces.map(\.file), frames)
        (self.faces, pictureIndex, scheme) = (faces, Array(faces.indices), faces[0].scheme)
        warnings = []
    }

    private static func draw(_ face: AverageFace, seed: UInt64) -> RenderedFrame {
        let side = 400
        var random = SplitMix64(seed: seed)
        let act = Performance(
            scale: random.uniform(70, 110), center: Point(200, 190), sway: Point(30, 20), duration: 10, seed: seed)
        let time = random.uniform(0, 10)
        let part = ClipScript.Part(
            person: Person(seed: seed), pose: { _ in act.pose(time) }, expression: { _ in act.expression(time) })
        var script = ClipScript(frameCount: 1, parts: [part], seed: seed)
        (script.width, script.height) = (side, side)
        let light = random.uniform(-0.8, 0.8)
        script.light = { _ in light }
        return ClipRenderer(script, face: face).render(0)
    }
}

extension PictureSet {
    /// Pictures that are in memory already.
    init(_ names: [String], _ frames: [Frame]) {
        (files, self.frames) = (names, frames)
        originalSizes = frames.map { PixelSize(width: $0.displayWidth, height: $0.displayHeight) }
    }
}
