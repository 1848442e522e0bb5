import Glibc
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results

@Suite struct RowFileTests {
    /// However slow the video's own time runs: a program that is killed has lost no row that is older than a moment.
    @Test func rowsAreInTheFileBeforeLong() throws {
        let folder = try TemporaryFolder()
        let table = try TableWriter(csv: folder.path("a.csv"), pointCount: 2)
        for frame in 1...3 {
            usleep(250_000)
            try table.write(FrameResult(frame: frame, time: 0.001 * Double(frame), faces: []), of: nil)
            let text = String(decoding: try readFile(folder.path("a.csv.partial"), atMost: 1000), as: UTF8.self)
            #expect(text.split(separator: "\n").count == 1 + frame)
        }
    }
}
