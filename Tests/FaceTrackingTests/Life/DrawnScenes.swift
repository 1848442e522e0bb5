import Glibc
import Rendering
import TestSupport

@testable import Base
@testable import FaceTracking

/// The shipped models and scenes drawn with the average face, for tests of the life of a track.
enum Drawn {
    static let hasModel =
        access(path("face68.safetensors"), R_OK) == 0 && access(path("locator.safetensors"), R_OK) == 0
    static let model = Result { try CascadeModel(path: path("face68.safetensors")) }
    private static let locator = Result { try LocatorModel(path: path("locator.safetensors")) }
    static let size = Point(320, 240)
    private static let face = Result { try AverageFace(path: path("average-face.safetensors")) }

    private static func path(_ name: String) -> String { "\(packageFolder)/models/\(name)" }

    /// A tracker as the program makes it.
    static func tracker(faces: Int = 1) throws -> CascadeTracker { try tracker(faces: faces, NotingLocator()) }

    static func tracker(faces: Int = 1, _ locator: NotingLocator) throws -> CascadeTracker {
        CascadeTracker(try model.get(), locator: locator, settings: TrackingSettings(faces: faces))
    }

    /// The shipped locator, which notes where it was asked to look.
    final class NotingLocator: FaceLocator {
        private let locator: NetworkLocator
        var windows: [SearchWindow] = []

        init() throws { locator = NetworkLocator(try Drawn.locator.get()) }

        func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap] {
            windows.append(window)
            return locator.locate(frame, in: window)
        }
    }

    /// Somebody of this size (pixels of the eye distance) on a way.
    static func person(
        _ person: Person = .average, scale: Double = 52, yaw: Double = 0, _ way: @escaping @Sendable (Double) -> Point?
    ) -> ClipScript.Part {
        ClipScript.Part(
            person: person, pose: { time in way(time).map { Pose(yaw: yaw, scale: scale, position: $0) } })
    }

    /// The frames of a scene; the last person is in front.
    static func frames(
        _ parts: [ClipScript.Part], seconds: Double, rate: Double = 15, seed: UInt64 = 3, width: Int = Int(size.x),
        height: Int = Int(size.y)
    ) throws -> [RenderedFrame] {
        var script = ClipScript(frameCount: Int((seconds * rate).rounded()), parts: parts, seed: seed)
        (script.width, script.height, script.frameRate) = (width, height, rate)
        let renderer = ClipRenderer(script, face: try face.get())
        return (0..<script.frameCount).map { renderer.render($0) }
    }

    /// One face in the middle, still, one frame: drawn once for all tests.
    static let still = Result { try frames([person { _ in Point(160, 116) }], seconds: 1, rate: 1)[0] }
}

extension RenderedFrame {
    /// The same picture at another time.
    func frame(at time: Double) -> Frame { picture.frame(fullRange: false, time: time) }

    /// The picture without colour, as from an infrared camera.
    var greyFrame: Frame { greyFrame(x: 0, y: 0, width: picture.width, height: picture.height) }

    /// A part of the picture without colour.
    func greyFrame(x: Int, y: Int, width: Int, height: Int) -> Frame {
        let (luma, fullRange) = (frame.luma, frame.fullRange)
        let corner = Plane(
            base: luma.base + y * luma.rowStride + x, rowStride: luma.rowStride, sampleStride: luma.sampleStride)
        return Frame(width: width, height: height, luma: corner, fullRange: fullRange, time: time, owner: picture)
    }

    /// The picture with its luma changed, as light, lens and sensor may change it.
    func withLuma(_ change: (Double) -> Double) -> Frame {
        let copy = PixelBuffer(width: picture.width, height: picture.height)
        copy.bytes.copyMemory(from: UnsafeRawBufferPointer(picture.bytes))
        let samples = copy.plane(0)
        for index in samples.indices { samples[index] = UInt8(min(max(change(Double(samples[index])), 16), 235)) }
        return copy.frame(fullRange: false, time: time)
    }

    /// The picture with something the colour of skin, with four fingers, before it.
    func withHand(at place: Point, size: Double) -> Frame {
        let copy = PixelBuffer(width: picture.width, height: picture.height)
        copy.bytes.copyMemory(from: UnsafeRawBufferPointer(picture.bytes))
        for (plane, paint, shift) in [(0, 150, 0), (1, 112, 1), (2, 150, 1)] {
            let samples = copy.plane(plane)
            let width = plane == 0 ? copy.width : copy.chromaWidth
            for index in samples.indices {
                let pixel = Point(Double((index % width) << shift), Double((index / width) << shift))
                let p = (pixel - place) / size
                guard Self.isHand(p) else { continue }
                let shade = plane == 0 ? Int(20 * sin(p.x * 14)) : 0
                samples[index] = UInt8(clamping: paint + shade)
            }
        }
        return copy.frame(fullRange: false, time: time)
    }

    private static func isHand(_ p: Point) -> Bool {
        let isPalm = (p * p).sum() < 0.25
        let isFinger =
            abs(p.x) < 0.5 && p.y < 0 && p.y > -0.95 && abs((p.x + 0.5) * 4).truncatingRemainder(dividingBy: 1) < 0.8
        return isPalm || isFinger
    }
}

/// What a tracker said about a scene, frame by frame.
struct Diary {
    struct Page {
        let time: Double
        let faces: [TrackedFace]
        let drawn: [[Point]?]

        /// Which of the drawn people a tracked face lies on: the nearest, by its points; and how far off, in % of the eye distance.
        func person(_ face: TrackedFace) -> (index: Int, error: Double)? {
            drawn.indices.compactMap { index in
                drawn[index].map { (index, DrawnError.percent(tracked: face.points, drawn: $0)) }
            }.min { $0.1 < $1.1 }
        }
    }

    var pages: [Page] = []

    init() {}

    /// Runs a tracker over a scene.
    init(_ tracker: CascadeTracker, _ frames: [RenderedFrame]) throws {
        for frame in frames { try add(tracker, frame.frame, frame.faces) }
    }

    /// Runs a tracker over shots that are cut together, at 15 frames a second.
    init(_ tracker: CascadeTracker, shots: [[RenderedFrame]]) throws {
        for (index, frame) in shots.joined().enumerated() {
            try add(tracker, frame.frame(at: Double(index) / 15), frame.faces)
        }
    }

    mutating func add(_ tracker: CascadeTracker, _ frame: Frame, _ drawn: [[Point]?]) throws {
        pages.append(Page(time: frame.time, faces: try tracker.process(frame), drawn: drawn))
    }

    /// All ids, in the order of their first page.
    var ids: [Int] {
        pages.flatMap(\.faces).map(\.id).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Errors of all faces told, in % of the eye distance; infinite where nobody was drawn.
    var errors: [Double] { pages.flatMap { page in page.faces.map { page.person($0)?.error ?? .infinity } } }

    /// The part of the pages that tell of at least one face.
    var heldShare: Double { Double(pages.filter { !$0.faces.isEmpty }.count) / Double(pages.count) }

    func pages(from start: Double, to end: Double = .infinity) -> Diary {
        var part = Diary()
        part.pages = pages.filter { start <= $0.time && $0.time < end }
        return part
    }

    /// The longest run of pages that fulfil something.
    func longestRun(_ isSo: (Page) -> Bool) -> Int {
        var (run, longest) = (0, 0)
        for page in pages {
            run = isSo(page) ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
