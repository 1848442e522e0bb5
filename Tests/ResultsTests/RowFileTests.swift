import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Results

@Suite struct RowFileTests {
    /// Whoever writes a file keeps it until it has its name: another program never takes it between its end and its renaming.
    @Test func aFileThatEndsIsNotTakenByAnother() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.csv")
        let other = Thread {
            while !Thread.current.isCancelled {
                // It is refused, or has a file of its own.
                _ = try? RowFile(path: path)
            }
        }
        other.start()
        defer { other.cancel() }
        for round in 0..<300 {
            guard let file = try? RowFile(path: path) else { continue }
            file.text.append("row \(round)\n")
            try file.endRow()
            try file.finish()
            #expect(try readFile(path, atMost: 64) == Array("row \(round)\n".utf8))
        }
    }
}
