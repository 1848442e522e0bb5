import Base
import Evaluation
import FaceTracking
import Rendering
import Samples

/// How fast this machine trains a model, on drawn faces: the second half of `landmarkd bench`.
package struct TrainingBench {
    private let model: CascadeModel
    private let face: AverageFace
    private let threads: Int

    package init(_ model: CascadeModel, face: AverageFace, threads: Int) {
        (self.model, self.face, self.threads) = (model, face, threads)
    }

    /// Training on fresh samples against training on the same samples held in memory, in turns.
    package func add(to report: inout BenchReport) throws(LandmarkdError) {
        let sampler = TrainingSampler(
            FaceSet(rendered: 24, face), recipe: .tracking, side: model.configuration.crop, seed: 1)
        var settings = TrainingSettings()
        settings.threads = threads
        settings.batch = max(1, settings.batch / threads) * threads
        let online = Trainer(CascadeModel(model.configuration), settings, source: sampler)
        let held = Trainer(
            CascadeModel(model.configuration), settings, source: HeldSamples(sampler, count: settings.batch * 2))
        var times = (online: 0.0, held: 0.0, drawing: 0.0)
        _ = (try online.step(), try held.step())
        let turns = 6
        for _ in 0..<turns {
            let step = try online.step()
            times.online += step.seconds
            times.drawing += step.drawing
            times.held += try held.step().seconds
        }
        let samples = settings.batch * turns
        report.add(
            "train_samples_per_s", Double(samples) / times.online, 1, "samples/s", "training, \(threads) threads")
        report.add(
            "train_gflops", online.gigaflops(samples: samples, seconds: times.online), 1, "GFLOP/s",
            "training, arithmetic done")
        report.add("train_wait_share", times.drawing / times.online, 4, "", "share of training spent on samples")
        report.add(
            "online_over_held", times.held / times.online, 4, "", "training rate with fresh samples over stored ones")
    }
}
