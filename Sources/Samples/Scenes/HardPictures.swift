import Base
import FaceTracking
import Synchronization

/// How readily the locator takes each of the face-free pictures for a face; pictures are drawn by that. Thread-safe.
package final class HardPictures: Sendable {
    /// Presence from which a place counts as a mistake.
    static let threshold = 0.1

    private let order = Mutex<WeightedOrder?>(nil)

    package init() {}

    /// Index of a picture; nil where none was mistaken.
    func draw(_ random: inout SplitMix64) -> Int? {
        guard let order = order.withLock({ $0 }) else { return nil }
        return order.draw(&random)
    }

    /// Lets the model look for faces in all pictures.
    package func mine(_ model: LocatorModel, _ pictures: PictureSet) {
        let runner = LocatorRunner(model)
        let weights = pictures.frames.map { frame in
            runner.faces(in: frame, threshold: Self.threshold, limit: 8).reduce(0) { $0 + $1.presence }
        }
        let order = weights.contains { $0 > 0 } ? WeightedOrder(weights) : nil
        self.order.withLock { $0 = order }
    }
}
