import Foundation
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

/// Old files of an output go; nothing else in the folder does.
@Suite struct RetentionTests {
    let folder: TemporaryFolder
    let now = unixSeconds()

    init() throws { folder = try TemporaryFolder() }

    @Test func agesAndSizesAreReadStrictly() {
        #expect(Retention("30d")?.age == 30 * 86400 && Retention("30d")?.bytes == nil)
        #expect(Retention("12h")?.age == 43200)
        #expect(Retention("20GB")?.bytes == 20_000_000_000 && Retention("20 GB")?.age == nil)
        #expect(Retention("30d, 20GB") == Retention("20GB,30d"))
        for text in ["", "30", "d", "0d", "-1d", "1.5d", "30d,", "30d,12h", "1GB,2GB", "1d,1GB,1h", "30 days", "1TB"] {
            #expect(Retention(text) == nil, "\(text)")
        }
    }

    @Test func whatIsTooOldIsRemoved() throws {
        try file("a-20260101T000000Z.csv", daysOld: 40)
        try file("a-20260101T000000Z-2.csv", daysOld: 39)
        try file("a-20260120T000000Z.csv", daysOld: 20)
        let outcome = sweep("a.csv", "30d").run(open: nil, now: now)
        #expect(outcome.removed == 2 && outcome.bytes == 2000 && outcome.fault == nil)
        #expect(folder.names == ["a-20260120T000000Z.csv"])
    }

    @Test func theOldestGoUntilTheRestIsSmallEnough() throws {
        for day in 1...5 { try file("a-2026010\(day)T000000Z.csv", daysOld: 1) }
        try file("a-20260105T000000Z-10.csv", daysOld: 1)
        try file("a-20260105T000000Z-9.csv", daysOld: 1)
        #expect(sweep("a.csv", "2kB").run(open: nil, now: now).removed == 5)
        #expect(folder.names == ["a-20260105T000000Z-10.csv", "a-20260105T000000Z-9.csv"])
    }

    @Test func theFileBeingWrittenStaysHoweverOldAndLarge() throws {
        try file("a-20260101T000000Z.csv.partial", daysOld: 99)
        try file("a-20260102T000000Z.csv", daysOld: 98)
        let open = folder.path("a-20260101T000000Z.csv.partial")
        #expect(sweep("a.csv", "1d,1kB").run(open: open, now: now).removed == 1)
        #expect(folder.names == ["a-20260101T000000Z.csv.partial"])
    }

    /// What a crash left behind goes with the rest, what another program writes to does not.
    @Test func aPartialFileGoesUnlessItIsLocked() throws {
        for name in ["a-20260101T000000Z.csv.partial", "a-20260102T000000Z.csv.partial"] { try file(name, daysOld: 9) }
        let other = open(folder.path("a-20260102T000000Z.csv.partial"), O_RDWR)
        defer { close(other) }
        #expect(other >= 0 && flock(other, LOCK_EX) == 0)
        let outcome = sweep("a.csv", "1d").run(open: nil, now: now)
        #expect(outcome.removed == 1 && outcome.fault == nil)
        #expect(folder.names == ["a-20260102T000000Z.csv.partial"])
    }

    @Test func filesOfOtherNamesAreNotTouched() throws {
        let others = [
            "a.csv", "a-20260101.csv", "a-20260101T000000.csv", "a-20260101T000000Z.csv.gz", "a-20260101T000000Z.jsonl",
            "a-2-20260101T000000Z.csv", "b-20260101T000000Z.csv", "a-20260101T000000Z-1.csv",
            "a-20260101T000000Z-x.csv",
            "a-20260101T000000Z-2.csv.bak", "a-20260101T000000Z.csv.partial.old", "\u{301}a-20260101T000000Z.csv",
        ]
        for name in others { try file(name, daysOld: 99) }
        symlink("a.csv", folder.path("a-20260102T000000Z.csv"))
        mkdir(folder.path("a-20260103T000000Z.csv"), 0o700)
        let before = folder.names
        #expect(before.count == others.count + 2)
        #expect(sweep("a.csv", "1d,1kB").run(open: nil, now: now).removed == 0)
        #expect(folder.names == before)
    }

    @Test func aFolderThatAllowsNoRemovalIsToldOnce() throws {
        let lines = LogLines()
        try file("a-20260101T000000Z.csv", daysOld: 9)
        // Root may remove anything but an immutable file.
        try #require(geteuid() != 0 || immutable(true), "needs chattr")
        if geteuid() != 0 { chmod(folder.path, 0o500) }
        defer { if geteuid() != 0 { chmod(folder.path, 0o700) } else { _ = immutable(false) } }
        var cleaner = RetentionCleaner(sweep("a.csv", "1d"), name: "a.csv", log: lines.log.logger())
        cleaner.shortest = 0
        cleaner.clean(open: nil, now: true)
        cleaner.clean(open: nil, now: true)
        #expect(lines.all.count == 1 && lines.containing("removing: ").count == 1, "\(lines.all)")
    }

    @Test(arguments: ["gz", "zst"]) func compressedFilesAreRotatedAndReadBack(kind: String) throws {
        let lines = LogLines()
        let files = RotatingFiles(
            path: folder.path("a.csv.\(kind)"), CSVRows(pointCount: 2), rotation: .day, keep: Retention("3d"),
            log: lines.log.logger())
        try file("a-20260101T000000Z.csv.\(kind)", daysOld: 4)
        try file("a-20260101T000000Z.csv", daysOld: 4)
        let evening = 1_795_651_198.0  // 2026-11-25 23:59:58 UTC
        for second in 0..<5 { try files.write(result(second + 1, time: evening + Double(second))) }
        try files.close()
        #expect(
            folder.names == [
                "a-20260101T000000Z.csv", "a-20261125T235958Z.csv.\(kind)", "a-20261126T000000Z.csv.\(kind)",
            ])
        #expect(
            lines.containing("<5>\(folder.path("a.csv.\(kind)")): removed the oldest files, 1 with 0.0 MB").count == 1)
        let program = kind == "gz" ? "gzip" : "zstd"
        let texts = try folder.names.dropFirst().map { try run("bash", ["-c", "\(program) -dc < \(folder.path($0))"]) }
        #expect(texts.map(\.status) == [0, 0])
        let rows = texts.map { $0.output.split(separator: "\n").map { $0.prefix(2) } }
        #expect(rows == [["fr", "1,", "2,"], ["fr", "3,", "4,", "5,"]], "each has its header")
    }

    private func sweep(_ name: String, _ keep: String) -> RetentionSweep {
        RetentionSweep(names: RotatedNames(folder.path(name)), limits: Retention(keep)!)
    }

    /// A file of 1000 bytes.
    private func file(_ name: String, daysOld: Double) throws {
        try writeFile(folder.path(name), [UInt8](repeating: 65, count: 1000))
        let time = timeval(tv_sec: time_t(now - daysOld * 86400), tv_usec: 0)
        #expect(utimes(folder.path(name), [time, time]) == 0)
    }

    private func immutable(_ on: Bool) -> Bool {
        let path = folder.path("a-20260101T000000Z.csv")
        return (try? run("chattr", [on ? "+i" : "-i", path]).status) == 0
    }

    private func result(_ frame: Int, time: Double) -> StreamResult {
        let found = FrameResult(frame: frame, time: time, faces: [playedFace(id: 1)])
        return StreamResult(stream: "a", result: found, latency: 0.01, width: 8, height: 8)
    }
}
