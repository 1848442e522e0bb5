import Capture
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Recording
@testable import Results

@Suite struct RowSelectionTests {
    /// The rows of 20 frames, 25 a second, of which the tracker sees all.
    private func rows(_ selection: RowSelection) throws -> [FrameResult] {
        let output = CollectingOutput()
        _ = try RecordingPass(name: "clip").run(PlayedSource(20, broken: [6]), CountingTracker()) { _ in
            [selection.thinning(output)]
        }
        #expect(output.end == "finished")
        return output.results
    }

    @Test func everyNthFrameKeepsNumberAndTime() throws {
        let (all, some) = (try rows(.all), try rows(RowSelection(every: 5)))
        #expect(some.map(\.frame) == [1, 6, 11, 16])
        #expect(some == all.filter { ($0.frame - 1).isMultiple(of: 5) }, "the rows of the whole table")
    }

    @Test func aRateTakesTheFirstFrameOfEachPeriod() throws {
        #expect(try rows(RowSelection(rate: 5)).map(\.frame) == [1, 6, 11, 16])
        #expect(try rows(RowSelection(rate: 10)).map(\.frame) == [1, 4, 6, 9, 11, 14, 16, 19])
        #expect(try rows(RowSelection(rate: 60)).count == 20)
        #expect(try rows(RowSelection(every: 2, rate: 5)).map(\.frame) == [1, 7, 11, 17])
    }

    @Test func ofInputsWithoutTimesTheRateIsTheirs() {
        var options = RecordingBatch.Options()
        options.rows = RowSelection(every: 2, rate: 5)
        #expect(options.rows(of: MediaFile(path: "a.mp4")) == RowSelection(every: 2, rate: 5))
        #expect(options.rows(of: MediaFile(path: "%d.png", isSequence: true)) == RowSelection(every: 2))
    }

    @Test func tablesOfAnotherFormatThanTheirNameAreRefused() throws {
        for (format, name) in [
            (TableFormat.csv, "a.csv"), (.csv, "a.csv.gz"), (.csv, "a.gz"), (.csv, "a.dat"), (.csvZstd, "a.csv.zst"),
            (.csvZstd, "a"), (.jsonl, "a.jsonl.zst"), (.jsonlGzip, "a.json.gz"), (.csvGzip, "-"),
        ] {
            try format.refuseName(name)
        }
        for (format, name, remedy) in [
            (TableFormat.csv, "a.jsonl.zst", "name it a.csv, or add --format jsonl.zst"),
            (.csvGzip, "a.csv", "name it a.csv.gz, or add --format csv"),
            (.csvGzip, "a.csv.zst", "name it a.csv.gz, or add --format csv.zst"),
            (.jsonl, "a.csv.gz", "name it a.jsonl, or add --format csv.gz"),
            (.csv, "a.mp4", "name it a.csv; --overlay names a video"),
        ] {
            let error = #expect(throws: LandmarkdError.self) { try format.refuseName(name) }
            #expect(error?.exitCode == .usage && error?.remedy == remedy, "\(error?.remedy ?? "")")
        }
    }
}
