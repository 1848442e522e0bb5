import Base
import Evaluation

/// Means over the last steps of a run.
package struct TrainingRecord: Sendable {
    package var samples = 0
    package var progress = 0.0
    package var loss = LossParts()
    package var rate = 0.0
    package var gradientNorm = 0.0
    package var samplesPerSecond = 0.0
    package var gigaflops = 0.0
    /// Share of the time in which samples were drawn.
    package var waitShare = 0.0
}

/// Gathers steps into records of about two seconds.
struct RateMeter {
    private var steps: [Trainer.Step] = []
    private var seconds = 0.0

    mutating func take(_ step: Trainer.Step, _ trainer: Trainer) -> TrainingRecord? {
        steps.append(step)
        seconds += step.seconds
        guard seconds >= 2 || trainer.isDone else { return nil }
        defer { (steps, seconds) = ([], 0) }
        let count = Double(steps.count)
        let samples = steps.count * trainer.settings.batch
        var record = TrainingRecord()
        (record.samples, record.progress, record.rate) = (step.samples, trainer.progress, step.rate)
        for step in steps {
            record.loss += step.loss * (1 / count)
            record.gradientNorm += step.gradientNorm / count
            record.waitShare += step.drawing / seconds
        }
        record.samplesPerSecond = Double(samples) / seconds
        record.gigaflops = trainer.gigaflops(samples: samples, seconds: seconds)
        return record
    }
}

/// The run's table: a row for each record, validation errors in rows of their own.
struct TrainingLog {
    private static let header =
        "samples,loss,heatmap,coordinates,presence,steadiness,learning_rate,gradient_norm,samples_per_s,gflops,wait_share,validation_percent\n"
    private static let columns = header.split(separator: ",").count

    private let path: String
    private var losses: [(samples: Int, value: Double)] = []
    private var errors: [(samples: Int, value: Double)] = []

    /// - Throws: `.cannotCreate` where the table cannot be written.
    init(path: String, appending: Bool) throws(LandmarkdError) {
        self.path = path
        if appending, isReadable(path) { try readEarlierRows() } else { try writeFile(path, Array(Self.header.utf8)) }
    }

    /// Loss and validation error of the resumed run.
    private mutating func readEarlierRows() throws(LandmarkdError) {
        let text = String(decoding: try readFile(path, atMost: 1 << 28), as: UTF8.self)
        for line in text.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == Self.columns, let samples = Int(cells[0]) else { continue }
            if let loss = Double(cells[1]) { losses.append((samples, loss)) }
            if let error = Double(cells[Self.columns - 1]) { errors.append((samples, error)) }
        }
    }

    mutating func write(_ record: TrainingRecord) throws(LandmarkdError) {
        losses.append((record.samples, record.loss.total))
        let loss = record.loss
        let numbers = [
            decimal(loss.total, 5), decimal(loss.heatmap, 5), decimal(loss.coordinates, 6), decimal(loss.presence, 5),
            decimal(loss.steadiness, 6),
            decimal(record.rate, 6), decimal(record.gradientNorm, 4), decimal(record.samplesPerSecond, 1),
            decimal(record.gigaflops, 1), decimal(record.waitShare, 4),
        ]
        try append("\(record.samples),\(numbers.joined(separator: ",")),\n")
    }

    mutating func write(samples: Int, validation error: Double) throws(LandmarkdError) {
        errors.append((samples, error))
        let empty = String(repeating: ",", count: Self.columns - 1)
        try append("\(samples)\(empty)\(decimal(error, 4))\n")
    }

    private func append(_ line: String) throws(LandmarkdError) { try appendToFile(path, Array(line.utf8)) }

    /// Loss and validation error over samples, as a picture.
    func drawCurves(to path: String) throws(LandmarkdError) {
        try drawTrainingCurves(losses: losses, errors: errors, to: path)
    }
}

/// Loss (left scale, the first steps cut off) and validation error in % (right scale) over samples.
func drawTrainingCurves(
    losses: [(samples: Int, value: Double)], errors: [(samples: Int, value: Double)], to path: String
) throws(LandmarkdError) {
    let settled = losses.dropFirst(losses.count > 20 ? 5 : 0)
    try Chart(
        title: "landmarkd train", horizontal: "thousand samples",
        series: [
            Chart.Series(name: "loss", points: settled.map { Point(Double($0.samples) / 1000, $0.value) }),
            Chart.Series(
                name: "validation error, %", points: errors.map { Point(Double($0.samples) / 1000, $0.value) },
                ownScale: true),
        ]
    ).write(to: path)
}
