import FaceTracking
import NeuralNetwork

/// Scenes as samples to look at: landmarks are the corners of the faces' crops, upper left first, clockwise.
extension LocatorSampler: SampleSource {
    package var channels: Int { 3 }

    package func makeGenerator() -> any SampleGenerator { Generator(self) }

    private final class Generator: SampleGenerator {
        private let sampler: LocatorSampler
        private let canvas: PlanarCrop
        private var target: LocatorTarget

        init(_ sampler: LocatorSampler) {
            (self.sampler, canvas) = (sampler, PlanarCrop(side: sampler.side))
            let cells = sampler.side / LocatorConfiguration.cell
            target = LocatorTarget(rows: cells, columns: cells)
        }

        func makeSample(index: UInt64, into crop: UnsafeMutableBufferPointer<Float>) -> SampleLabels {
            let files = sampler.makeSample(index: index, into: crop, target: &target, with: canvas)
            let corners = [Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)]
            let truth = target.crops.flatMap { crop in
                corners.map { (crop($0) + 0.5) / Double(sampler.side) }
            }
            return SampleLabels(
                truth: truth, prior: nil, presence: target.faces > 0, file: files.joined(separator: " "))
        }
    }
}
