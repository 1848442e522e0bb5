import Base
import CKernels
import FaceTracking
import Measures
import Rendering
import Samples

/// Figures of a machine, each with its key in JSON, its unit and what it means.
package struct BenchReport: Sendable {
    package struct Figure: Sendable {
        package let key: String
        package let value: Double
        /// Digits after the point.
        package let digits: Int
        package let unit: String
        package let meaning: String
    }

    package private(set) var figures: [Figure] = []
    /// Cost of a frame with this many faces.
    package struct FaceCost: Sendable {
        package let count: Int
        package let milliseconds: Double
        /// Faces that were followed in every frame: fewer than `count` where the model does not find them all.
        package let followed: Int
    }

    package var faces: [FaceCost] = []

    package mutating func add(_ key: String, _ value: Double, _ digits: Int, _ unit: String, _ meaning: String) {
        figures.append(Figure(key: key, value: value, digits: digits, unit: unit, meaning: meaning))
    }

    /// The object of `landmarkd bench --json`.
    package var json: JSON {
        let costs = faces.map { cost -> JSON in
            [
                "count": .integer(cost.count), "ms": .decimal(cost.milliseconds, 3),
                "followed": .integer(cost.followed),
            ]
        }
        return .object(figures.map { ($0.key, .decimal($0.value, $0.digits)) })
            .appending(["faces": costs.isEmpty ? nil : .array(costs)])
    }

    package var text: String {
        let costs = faces.map {
            Figure(
                key: "", value: $0.milliseconds, digits: 3, unit: "ms",
                meaning: "tracking a frame of 1280×720, faces: \($0.count)"
                    + ($0.followed < $0.count ? " (only \($0.followed) followed)" : ""))
        }
        let widest = (figures + costs).map(\.meaning.count).max() ?? 0
        return (figures + costs).map { figure in
            let space = String(repeating: " ", count: widest - figure.meaning.count + 2)
            return figure.meaning + space + decimal(figure.value, figure.digits)
                + (figure.unit.isEmpty ? "" : " \(figure.unit)")
        }.joined(separator: "\n")
    }
}

/// `landmarkd bench`: how fast this machine tracks with a model and makes samples, on drawn faces.
package struct BenchRun {
    private let model: CascadeModel
    private let face: AverageFace
    private let locator: LocatorModel

    /// Everything is measured on one thread.
    package init(_ model: CascadeModel, locator: LocatorModel, face: AverageFace) {
        (self.model, self.locator, self.face) = (model, locator, face)
    }

    /// Measures everything, in about a minute; `progress` receives the name of the next measurement and the share done, 0…1.
    package func run(progress: (String, Double) -> Void) throws(LandmarkdError) -> BenchReport {
        var report = BenchReport()
        progress("matrix products", 0)
        report.add("gemm_gflops_one_core", gemmRate(), 1, "GFLOP/s", "matrix product 1024×64×128, one core")
        progress("tracking", 0.1)
        addNetwork(&report)
        addLocator(&report)
        try addTracking(&report)
        progress("several faces, and none", 0.25)
        let crowd = CrowdBench(model, locator: locator, face: face)
        for count in [1, 4, 16] { report.faces.append(try crowd.cost(of: count)) }
        try addIdle(crowd, &report)
        progress("tracking with AVX2 kernels", 0.35)
        try addOlderProcessor(crowd, &report)
        progress("augmentation", 0.4)
        let faces = FaceSet(rendered: 24, face)
        let sampler = TrainingSampler(faces, recipe: .tracking, side: model.configuration.crop, seed: 1)
        report.add(
            "loader_samples_per_s_per_core", loaderRate(sampler), 0, "samples/s", "samples of the loader, one core")
        return report
    }

    // MARK: Tracking

    private func addNetwork(_ report: inout BenchReport) {
        let runner = CascadeRunner(model, passes: 2)
        let parameters = Double(model.weights.trained.parameterCount)
        report.add("parameters", parameters, 0, "", "parameters of the model")
        report.add(
            "multiply_adds_tracked", Double(runner.multiplyAdds(passes: 1)), 0, "",
            "multiply-adds of a tracked frame (features and one pass)")
        report.add(
            "multiply_adds_two_passes", Double(runner.multiplyAdds(passes: 2)), 0, "", "multiply-adds of two passes")
    }

    /// Time without AVX-512: measured with AVX2 kernels where this processor has better ones.
    private func addOlderProcessor(_ crowd: CrowdBench, _ report: inout BenchReport) throws(LandmarkdError) {
        let (best, older) = (lm_level(), Int32(LM_LEVEL_AVX2))
        guard best > older else { return }
        lm_use_level(older)
        defer { lm_use_level(best) }
        var rows = BenchReport()
        addLocator(&rows)
        try addTracking(&rows)
        let four = try crowd.cost(of: 4)
        rows.add("four_faces_ms", four.milliseconds, 3, "ms", "tracking a frame of 1280×720, faces: 4")
        try addIdle(crowd, &rows)
        for row in rows.figures where row.unit != "" {
            report.add(row.key + "_avx2", row.value, row.digits, row.unit, row.meaning + ", AVX2 kernels")
        }
    }

    private func addIdle(_ crowd: CrowdBench, _ report: inout BenchReport) throws(LandmarkdError) {
        let idle = try crowd.idleShare()
        report.add("idle_core_percent", 100 * idle, 2, "%", "of a core, no face in 1280×720 at 30 frames a second")
    }

    private func addTracking(_ report: inout BenchReport) throws(LandmarkdError) {
        let renderer = ClipRenderer(DemoClip.script(), face: face)
        let frames = (0..<40).map { renderer.render($0).frame }
        let tracker = TrackerModels(model, locator).tracker()
        for frame in frames.prefix(5) { _ = try tracker.process(frame) }
        let tracked = frames.dropFirst(5)
        let start = threadProcessorSeconds()
        for frame in tracked { _ = try tracker.process(frame) }
        let spent = threadProcessorSeconds() - start
        report.add(
            "track_ms_per_frame", 1000 * spent / Double(tracked.count), 3, "ms",
            "tracking a frame of 640×480, one face, one core")

        let runner = CascadeRunner(model, passes: 2)
        let map = SimilarityMap(scale: 260, angle: 0.1, from: Point(0.5, 0.5), to: Point(320, 232))
        report.add("sample_crop_ms", milliseconds { runner.sample(frames[0], map) }, 3, "ms", "  sampling the crop")
        report.add("features_ms", milliseconds { runner.computeFeatures() }, 3, "ms", "  features")
        report.add("measure_ms", measuring(frames[0]), 4, "ms", "  head pose, eyes and mouth of a face")
        report.add("pass_ms", milliseconds { runner.compute(pass: 0) }, 3, "ms", "  one pass")
    }

    /// Milliseconds that the measures of a face take which moves from frame to frame.
    private func measuring(_ frame: Frame) -> Double {
        let renderer = DemoClip.script().parts[0]
        let faces = (0..<40).map { index -> TrackedFace in
            let pose = renderer.pose(Double(index) / 30) ?? Pose(scale: 100, position: Point(320, 232))
            let points = face.landmarks(of: .average, pose)
            return TrackedFace(
                id: 1, confidence: 1, box: Box(around: points), points: points,
                pointConfidence: [Double](repeating: 0.9, count: points.count))
        }
        var meter = FaceMeter(model.scheme)
        var index = 0
        return milliseconds {
            _ = meter.measure(
                [faces[index % faces.count]], time: Double(index) / 30, width: frame.displayWidth,
                height: frame.displayHeight)
            index += 1
        }
    }

    private func addLocator(_ report: inout BenchReport) {
        let frame = ClipRenderer(DemoClip.script(), face: face).render(0).frame
        let runner = LocatorRunner(locator)
        report.add(
            "locator_multiply_adds", Double(runner.multiplyAdds(width: 1280, height: 720)), 0, "",
            "multiply-adds of the locator for a frame of 16:9")
        report.add(
            "locator_ms", milliseconds { _ = runner.faces(in: frame, threshold: 0.3, limit: 16) }, 3, "ms",
            "locating faces in a frame of 640×480")
    }

    /// Mean processor time of a repeated step, after one to warm up.
    private func milliseconds(_ step: () -> Void) -> Double {
        step()
        let start = threadProcessorSeconds()
        var count = 0.0
        while threadProcessorSeconds() - start < 0.5 {
            step()
            count += 1
        }
        return 1000 * (threadProcessorSeconds() - start) / count
    }

    private func gemmRate() -> Double {
        let (m, k, n) = (1024, 64, 128)
        let (a, b) = ([Float](repeating: 0.5, count: m * k), [Float](repeating: 0.25, count: k * n))
        var c = [Float](repeating: 0, count: m * n)
        let time = milliseconds { lm_gemm(Int32(m), Int32(n), Int32(k), a, k, 1, b, n, &c, n, 0, nil, 0) }
        return 2 * Double(m * k * n) / (time / 1000) / 1e9
    }

    // MARK: Samples

    private func loaderRate(_ source: any SampleSource) -> Double {
        let generator = source.makeGenerator()
        var crop = [Float](repeating: 0, count: source.side * source.side * source.channels)
        var index: UInt64 = 0
        let time = milliseconds {
            _ = crop.withUnsafeMutableBufferPointer { generator.makeSample(index: index, into: $0) }
            index += 1
        }
        return 1000 / time
    }
}

/// Processor time of each step of a tracked frame, features and one pass, with memory as warm as repetition makes it.
package struct LayerBench {
    private let runner: CascadeRunner

    package init(_ model: CascadeModel) { runner = CascadeRunner(model, passes: 1) }

    /// A line for each step: microseconds, name.
    package var text: String {
        let times = runner.steps.map { (name: $0.name, microseconds: microseconds($0.run)) }
        let total = (name: "all", microseconds: times.reduce(0) { $0 + $1.microseconds })
        return (times + [total]).map { step in
            let number = decimal(step.microseconds, 1)
            return String(repeating: " ", count: max(0, 8 - number.count)) + number + " µs  " + step.name
        }.joined(separator: "\n")
    }

    private func microseconds(_ step: () -> Void) -> Double {
        let repetitions = 50
        let best =
            (0..<10).map { _ in
                let start = threadProcessorSeconds()
                for _ in 0..<repetitions { step() }
                return threadProcessorSeconds() - start
            }.min() ?? 0
        return 1e6 * best / Double(repetitions)
    }
}
