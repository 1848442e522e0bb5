import Base
import FaceTracking

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
