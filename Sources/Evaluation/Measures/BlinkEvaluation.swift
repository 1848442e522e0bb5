import Base
import Capture
import FaceTracking
import Measures
import Rendering
import Samples

/// `landmarkd evaluate --task blinks`: clips in which it is known when somebody blinks – drawn, made of stills whose lids are shut, or
/// real ones with a table.
package struct BlinkEvaluation {
    /// People drawn, and seconds of each of their clips.
    package var people = 8
    package var seconds = 8.0

    private let models: TrackerModels

    package init(_ models: TrackerModels) { self.models = models }

    /// Drawn people who turn, talk and blink. `progress` receives the share done.
    package func drawn(_ face: AverageFace, progress: (Double) -> Void) throws(LandmarkdError) -> BlinkErrors {
        var errors = BlinkErrors("drawn people", key: "drawn")
        for person in 1...people {
            let act = Performance(
                scale: 80, center: Point(320, 232), sway: Point(40, 16), duration: seconds, seed: UInt64(person))
            let part = ClipScript.Part(
                person: Person(seed: UInt64(person)), pose: { act.pose($0) }, expression: { act.expression($0) })
            let script = ClipScript(frameCount: Int(seconds * 30), parts: [part], seed: UInt64(person))
            let renderer = ClipRenderer(script, face: face)
            var watch = BlinkWatch(models)
            for index in 0..<script.frameCount {
                let share = (Double(person - 1) + Double(index) / Double(script.frameCount)) / Double(people)
                progress(share)
                let frame = renderer.render(index)
                try watch.see(frame.frame, isShut: act.expression(frame.time).blink >= 0.5)
            }
            watch.finish(&errors)
        }
        return errors
    }

    /// Photographs that move a little and whose lids shut twice; those whose eyes are shut or turned away are left out.
    package func stills(_ faces: FaceSet, progress: (Double) -> Void) throws(LandmarkdError) -> BlinkErrors {
        var errors = BlinkErrors("photographs whose lids are shut", key: "stills")
        for index in 0..<faces.count {
            let clip = BlinkingStill(faces.frame(of: index), faces.faces[index], seed: UInt64(index) &+ 11)
            guard clip.canBlink else { continue }
            var watch = BlinkWatch(models)
            for number in 0..<BlinkingStill.frameCount {
                progress((Double(index) + Double(number) / Double(BlinkingStill.frameCount)) / Double(faces.count))
                let time = clip.still.time(number)
                try watch.see(
                    clip.draw(number).frame(fullRange: true, time: time), isShut: BlinkingStill.closing(time) >= 0.5)
            }
            watch.finish(&errors)
        }
        return errors
    }

    /// Real clips with their tables.
    package func recorded(
        _ clips: [AnnotatedClip], progress: (Double) -> Void
    ) throws(LandmarkdError) -> BlinkErrors {
        var errors = BlinkErrors("recordings", key: "recordings")
        for (number, clip) in clips.enumerated() {
            let reader = try VideoReader(clip.video)
            let tracker = MeasuredTracker(models.tracker())
            var (found, times): ([Blink], [Double]) = ([], [])
            while let picture = try reader.next() {
                progress(Double(number) / Double(clips.count))
                times.append(picture.time)
                guard let frame = picture.frame else { continue }
                found += try tracker.process(frame).flatMap { $0.measures?.eyes?.blinks ?? [] }
            }
            errors.add(found, truth: try clip.blinks(times: times), seconds: times.last ?? 0)
        }
        return errors
    }
}

/// Follows one clip, of whose frames it is known whether the eyes are shut.
private struct BlinkWatch {
    private let tracker: MeasuredTracker
    private var found: [Blink] = []
    private var truth: [ClosedRange<Double>] = []
    private var wasShut = false
    private var time = 0.0

    init(_ models: TrackerModels) { tracker = MeasuredTracker(models.tracker()) }

    mutating func see(_ frame: Frame, isShut: Bool) throws(LandmarkdError) {
        time = frame.time
        if isShut {
            let start = wasShut ? truth.removeLast().lowerBound : time
            truth.append(start...time)
        }
        wasShut = isShut
        found += try tracker.process(frame).flatMap { $0.measures?.eyes?.blinks ?? [] }
    }

    /// A blink that the end of the clip cuts off is nobody's fault.
    func finish(_ errors: inout BlinkErrors) {
        errors.add(found, truth: truth.filter { $0.upperBound < time - 0.25 }, seconds: time)
    }
}

/// A photograph that moves a little and shuts its eyes at known times.
struct BlinkingStill {
    static let frameCount = 100
    private static let starts = [1.0, 2.2]

    let still: MovingStill
    private let eyes: [FaceOpening]

    init(_ frame: Frame, _ face: AnnotatedFace, seed: UInt64) {
        still = MovingStill(frame, face, moving: true, seed: seed)
        eyes = face.scheme.openings.filter { $0.part == .eyes }
    }

    /// Whether the lids of both eyes can be seen to shut.
    var canBlink: Bool { eyes.count == 2 && warps(0, closing: 1).count == 2 }

    /// 0.1 s shutting, 0.05 s shut, 0.15 s opening.
    static func closing(_ time: Double) -> Double {
        for since in starts.map({ time - $0 }) where 0..<0.3 ~= since {
            return since < 0.1 ? since / 0.1 : since < 0.15 ? 1 : (0.3 - since) / 0.15
        }
        return 0
    }

    func draw(_ index: Int) -> PixelBuffer {
        let closing = Self.closing(still.time(index))
        let warps = closing > 0 ? warps(index, closing: closing) : []
        return still.draw(index) { pixel in warps.reduce(pixel) { $1.source(of: $0) } }
    }

    private func warps(_ index: Int, closing: Double) -> [LidWarp] {
        let points = still.truth(index)
        return eyes.compactMap { LidWarp($0, of: points, closing: closing) }
    }
}
