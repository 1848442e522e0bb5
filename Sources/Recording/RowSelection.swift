import Base
import Capture
import FaceTracking
import Results

/// Which frames have rows. Numbers and times stay those of the source, and the tracker sees every frame: the rows are those of the
/// whole table, only fewer.
package struct RowSelection: Sendable, Equatable {
    /// Frames 1, 1 + `every`, 1 + 2 `every` …
    package var every = 1
    /// Rows a second at most: the first frame at or after each multiple of 1/`rate` seconds.
    package var rate: Double?

    package static let all = RowSelection()

    package init(every: Int = 1, rate: Double? = nil) { (self.every, self.rate) = (every, rate) }

    /// An output that is given only these frames of a recording.
    func thinning(_ output: any TrackOutput) -> any TrackOutput {
        self == .all ? output : ThinnedOutput(output, self)
    }
}

extension RecordingBatch.Options {
    /// The rows that are asked for of a recording. Of inputs without times the rate is that of the input.
    func rows(of file: MediaFile) -> RowSelection {
        let hasTimes = input.raw == nil && !file.isSequence
        return hasTimes ? rows : RowSelection(every: rows.every)
    }
}

/// Passes on only the chosen frames.
private final class ThinnedOutput: TrackOutput {
    private let output: any TrackOutput
    private let selection: RowSelection
    /// The last period of the rate that has a row.
    private var period = -Double.infinity

    init(_ output: any TrackOutput, _ selection: RowSelection) { (self.output, self.selection) = (output, selection) }

    var partialPath: String? { output.partialPath }

    func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        if isChosen(result) { try output.write(result, of: frame) }
    }

    private func isChosen(_ result: FrameResult) -> Bool {
        guard (result.frame - 1).isMultiple(of: selection.every) else { return false }
        guard let rate = selection.rate else { return true }
        // Times come as decimals: half a microsecond of tolerance.
        let current = ((result.time + 0.5e-6) * rate).rounded(.down)
        guard current > period else { return false }
        period = current
        return true
    }

    func finish() throws(LandmarkdError) { try output.finish() }

    func interrupt() throws(LandmarkdError) { try output.interrupt() }
}
