import Base
import Dispatch
import FaceTracking
import Samples
import Synchronization

/// Error of each landmark of one face after each pass, in shares of the reference length.
package struct FaceErrors: Sendable {
    package let face: Int
    /// `[pass][landmark]`.
    package let errors: [[Double]]
    /// After the last pass, as the network gives it.
    package let presence: Double
    /// Landmarks after each pass, pixels of the picture.
    package let points: [[Point]]

    /// Mean over landmarks.
    package func mean(pass: Int) -> Double { errors[pass].reduce(0, +) / Double(errors[pass].count) }
}

/// Judges a cascade on annotated faces.
package struct Evaluator: Sendable {
    package let model: CascadeModel
    package var passes: Int
    package var threads: Int
    package var seed: UInt64

    package init(_ model: CascadeModel, passes: Int = 3, threads: Int = 1, seed: UInt64 = 5) {
        (self.model, self.passes, self.threads, self.seed) = (model, passes, threads, seed)
    }

    /// Errors of all faces, in their order; the same for any number of threads. `judged` is called after each face, from several
    /// threads.
    package func errors(
        _ faces: FaceSet, from start: CropStart, judged: @Sendable () -> Void = {}
    ) -> [FaceErrors] {
        let results = Mutex([FaceErrors?](repeating: nil, count: faces.count))
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, faces.count)) { _ in
            let runner = CascadeRunner(model, passes: passes)
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < faces.count else { return }
                let result = judge(index, faces, start, runner)
                results.withLock { $0[index] = result }
                judged()
            }
        }
        return results.withLock { $0.compactMap { $0 } }
    }

    private func judge(_ index: Int, _ faces: FaceSet, _ start: CropStart, _ runner: CascadeRunner) -> FaceErrors {
        let face = faces.faces[index]
        var generator = SplitMix64(seed: seed, index: UInt64(index))
        let (map, prior) = start.lay(face, among: faces.faces, generator: &generator)
        let estimates = runner.run(faces.frame(of: index), map, prior: prior, passes: passes, all: true)
        let unit = face.scheme.referenceLength(of: face.points)
        let errors = estimates.map { estimate in
            zip(estimate.points, face.points).map { ($0 - $1).length / unit }
        }
        return FaceErrors(
            face: index, errors: errors, presence: estimates.last?.presence ?? 0, points: estimates.map(\.points))
    }
}
