import Foundation
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

@Suite struct RotatingFilesTests {
    let folder: TemporaryFolder
    /// 2026-11-25 23:59:58 UTC.
    let evening = 1795651198.0

    init() throws { folder = try TemporaryFolder() }

    @Test func aDaysFilesAreNamedByTheirFirstRow() throws {
        let files = RotatingFiles(path: folder.path("door.csv"), CSVRows(pointCount: 2), rotation: .day)
        for second in 0..<5 { try files.write(result(second + 1, time: evening + Double(second))) }
        #expect(folder.names == ["door-20261125T235958Z.csv", "door-20261126T000000Z.csv.partial"])
        try files.close()
        #expect(folder.names == ["door-20261125T235958Z.csv", "door-20261126T000000Z.csv"])
        let tables = try folder.names.map { try rows($0) }
        #expect(tables.map { $0[0].hasPrefix("frame,face_id,") } == [true, true], "each has its header")
        #expect(tables.map { $0.dropFirst().map { $0.prefix(2) } } == [["1,", "2,"], ["3,", "4,", "5,"]])
    }

    @Test func filesStayBelowTheirSizeAndTogetherHoldEveryRow() throws {
        let limit = 4000
        let files = RotatingFiles(
            path: folder.path("a.jsonl"), JSONRows(stream: "a"), rotation: .size(bytes: limit))
        for frame in 1...200 { try files.write(result(frame, time: evening + Double(frame) / 25)) }
        try files.close()
        #expect(folder.names.count > 5 && folder.names.allSatisfy { $0.hasSuffix(".jsonl") })
        var frames: [Int] = []
        for name in folder.names {
            #expect(try readFile(folder.path(name), atMost: 1 << 20).count <= limit)
            for row in try rows(name) {
                let object = try JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any]
                frames.append(try #require(object?["frame"] as? Int))
            }
        }
        #expect(frames.sorted() == Array(1...200))
    }

    @Test func noFileIsReplaced() throws {
        try writeFile(folder.path("a-20261125T235958Z.csv"), Array("old".utf8))
        try writeFile(folder.path("a-20261125T235958Z-2.csv.partial"), Array("cut".utf8))
        let files = RotatingFiles(path: folder.path("a.csv"), CSVRows(pointCount: 2), rotation: .never)
        try files.write(result(1, time: evening))
        try files.close()
        #expect(folder.names.contains("a-20261125T235958Z-3.csv"))
        #expect(try rows("a-20261125T235958Z.csv") == ["old"] && rows("a-20261125T235958Z-2.csv.partial") == ["cut"])
    }

    @Test func aFileThatComesInTheWayMeanwhileStays() throws {
        let files = RotatingFiles(path: folder.path("a.csv"), CSVRows(pointCount: 2), rotation: .never)
        try files.write(result(1, time: evening))
        try writeFile(folder.path("a-20261125T235958Z.csv"), Array("other".utf8))
        let fault = #expect(throws: LandmarkdError.self) { try files.close() }
        #expect(fault?.exitCode == .cannotCreate)
        #expect(try rows("a-20261125T235958Z.csv") == ["other"])
        #expect(try rows("a-20261125T235958Z.csv.partial").count == 2)
    }

    @Test func aFileThatIsRemovedIsBegunAnew() throws {
        let files = RotatingFiles(path: folder.path("a.csv"), CSVRows(pointCount: 2), rotation: .never)
        try files.write(result(1, time: evening))
        try FileManager.default.removeItem(atPath: folder.path("a-20261125T235958Z.csv.partial"))
        try files.write(result(2, time: evening + 2))
        #expect(throws: LandmarkdError.self) { try files.flush() }
        try files.write(result(3, time: evening + 4))
        try files.close()
        #expect(folder.names == ["a-20261126T000002Z.csv"])
        #expect(try rows(folder.names[0]).count == 2)
    }

    @Test func aPipeGetsItsRowsUnderItsOwnNameWhileSomebodyReads() throws {
        #expect(mkfifo(folder.path("a.csv"), 0o600) == 0)
        let files = RotatingFiles(path: folder.path("a.csv"), CSVRows(pointCount: 2), rotation: .day)
        let alone = #expect(throws: LandmarkdError.self) { try files.write(result(1, time: evening)) }
        #expect(alone?.exitCode == .cannotCreate && alone?.remedy == "start the program that reads from it")
        let reader = open(folder.path("a.csv"), O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        for second in 0..<4 { try files.write(result(second + 2, time: evening + Double(second))) }
        try files.close()
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(reader, &bytes, bytes.count)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        #expect(lines.map { $0.prefix(2) } == ["fr", "2,", "3,", "4,", "5,"], "midnight is no end of a pipe")
        #expect(folder.names == ["a.csv"] && kind(folder.path("a.csv")) == S_IFIFO)
    }

    @Test func anEmptyRunLeavesNothing() throws {
        let files = RotatingFiles(path: folder.path("a.csv"), CSVRows(pointCount: 2), rotation: .never)
        try files.flush()
        try files.close()
        #expect(folder.names.isEmpty)
    }

    @Test(.enabled(if: lacksSmallDisk == nil, "needs root and the right to mount"))
    func aFullDiskCostsWholeRowsOnlyAndIsCounted() throws {
        try withSmallDisk { disk in
            let files = RotatingFiles(path: "\(disk)/a.csv", CSVRows(pointCount: 2), rotation: .never)
            var (frame, faults) = (0, 0)
            var first: LandmarkdError?
            func write() {
                frame += 1
                do throws(LandmarkdError) {
                    try files.write(result(frame, time: evening + Double(frame) * 1.5))
                    try files.flush()
                } catch {
                    (first, faults) = (first ?? error, faults + 1)
                }
            }
            while faults == 0, frame < 100_000 { write() }
            let kept = try #require(first?.cause.split(separator: "whole rows so far are in ").last)
            #expect(folderNames(disk).contains(String(kept).fileName), "as the file is called then: \(kept)")
            for _ in 0..<20 { write() }
            #expect(faults == 21, "a disk that is full stays full")
            #expect(folderNames(disk).filter { $0 != "ballast" }.count == 1, "\(folderNames(disk))")
            try FileManager.default.removeItem(atPath: "\(disk)/ballast")
            for _ in 0..<10 { write() }
            try files.close()
            #expect(faults == 21)
            let names = folderNames(disk)
            #expect(names.count == 2 && names.allSatisfy { $0.hasSuffix(".csv") }, "\(names)")
            var keptRows = 0
            for name in names {
                let text = String(decoding: try readFile("\(disk)/\(name)", atMost: 1 << 20), as: UTF8.self)
                #expect(text.hasSuffix("\n"))
                let counts = text.split(separator: "\n").map { $0.split(separator: ",").count }
                #expect(Set(counts) == [9], "whole rows, and a header first")
                keptRows += counts.count - 1
            }
            #expect(frame - keptRows == 21 && files.lost <= 21)
        }
    }

    private func result(_ frame: Int, time: Double) -> StreamResult {
        let found = FrameResult(frame: frame, time: time, faces: [playedFace(id: 1)])
        return StreamResult(stream: "a", result: found, latency: 0.01, width: 8, height: 8)
    }

    private func rows(_ name: String) throws -> [String] {
        String(decoding: try readFile(folder.path(name), atMost: 1 << 20), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}
