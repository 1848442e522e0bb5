import Base
import Glibc
import TestSupport
import Testing

/// Many recordings in one run: killed, resumed, split, reported.
@Suite(.ownThread) struct BatchCommandTests {
    let shop: Workshop

    init() throws { shop = try Workshop() }

    private func writeClips(_ names: String..., frames: Int = 4) throws {
        for name in names {
            try makeFolders(above: shop.path(name))
            try shop.writeClip(name, frames: frames)
        }
    }

    /// Every file below a folder with its contents, but for hidden ones.
    private func files(_ folder: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in folderNames(shop.path(folder)) where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            if FileIdentity(path: shop.path(path))?.isFolder == true {
                for (inner, bytes) in try files(path) { found["\(name)/\(inner)"] = bytes }
            } else {
                found[name] = try shop.read(path)
            }
        }
        return found
    }

    /// Cells of a report by its rows' inputs.
    private func report(_ name: String) throws -> [String: [String: String]] {
        let rows = String(decoding: try shop.read(name), as: UTF8.self).split(separator: "\n").map { line in
            csvCells(Array(line.utf8)[...]).map { String(pathBytes: $0) }
        }
        let header = try #require(rows.first)
        let cells = rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
        return Dictionary(uniqueKeysWithValues: cells.map { ($0["input"] ?? "", $0) })
    }

    @Test func tablesMirrorTheTree() throws {
        try writeClips("day/sub01/rec.mp4", "day/sub02/rec.mp4", "day/sub02/rec.mkv", "day/top.mp4")
        let result = try shop.landmarkd("track", "day", "-o", "tables", "-q", "--plots")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let stems = ["sub01/rec", "sub02/rec.mkv", "sub02/rec.mp4", "top"]
        #expect(try files("tables").keys.sorted() == stems.flatMap { ["\($0).csv", "\($0).plot.png"] })
    }

    @Test func wholeTablesAreNotReplacedUnasked() throws {
        try writeClips("day/a.mp4", "day/b.mp4")
        #expect(try shop.landmarkd("track", "day", "-o", "tables", "-q").status == 0)
        try shop.write("tables/a.csv", Array("by hand".utf8))
        let before = try files("tables")
        expectFailure(
            try shop.landmarkd("track", "day", "-o", "tables"), .cannotCreate,
            "tables/a.csv: this and 1 more of 2 tables are there already; nothing was done")
        #expect(try files("tables") == before)
        #expect(try shop.landmarkd("track", "day", "-o", "tables", "-q", "--overwrite").status == 0)
        #expect(try files("tables")["a.csv"] != before["a.csv"])
    }

    /// As a script or GNU parallel tracks one recording after the other.
    @Test func aSingleTableIsReplacedUnlessTheRunResumes() throws {
        try writeClips("a.mp4")
        #expect(try shop.landmarkd("track", "a.mp4", "-o", "a.csv", "-q", "--resume").status == 0)
        let first = FileIdentity(path: shop.path("a.csv"))
        let resumed = try shop.landmarkd("track", "a.mp4", "-o", "a.csv", "--resume")
        #expect(resumed.status == 0 && resumed.errors == "whole already: 1; to do: 0\n", "\(resumed.errors)")
        #expect(FileIdentity(path: shop.path("a.csv")) == first)
        #expect(try shop.landmarkd("track", "a.mp4", "-o", "a.csv", "-q").status == 0)
        #expect(FileIdentity(path: shop.path("a.csv")) != first)
    }

    /// Of the same size, it would else be taken for the one before.
    @Test func aSingleTableInAFolderOfRecordsIsRecorded() throws {
        try writeClips("a.mp4")
        #expect(try shop.landmarkd("track", "a.mp4", "-o", "a.csv", "-q", "--resume").status == 0)
        let first = try shop.read("a.csv")
        #expect(try shop.landmarkd("track", "a.mp4", "-o", "a.csv", "-q", "--search-rate", "4").status == 0)
        #expect(try shop.read("a.csv").count == first.count)
        expectFailure(
            try shop.landmarkd("track", "a.mp4", "-o", "a.csv", "--resume"), .cannotCreate,
            "a.csv: written with other settings (search_rate=4.0)")
    }

    @Test func whatBelongsToATableIsMadeAgain() throws {
        try writeClips("a.mp4")
        let arguments = ["track", "a.mp4", "-o", "a.csv.zst", "--resume", "--blinks", "--overlay", "o.mp4", "--plots"]
        #expect(try shop.landmarkd(arguments).status == 0)
        #expect(try shop.landmarkd(arguments).errors == "whole already: 1; to do: 0\n")
        for name in ["a.blinks.csv", "o.mp4"] {
            #expect(unlink(shop.path(name)) == 0)
            let result = try shop.landmarkd(arguments)
            #expect(result.status == 0)
            #expect(result.errors.hasPrefix("a.csv.zst: done again: \(name) is missing\n"), "\(result.errors)")
            #expect(FileIdentity(path: shop.path(name)) != nil)
        }
        let first = FileIdentity(path: shop.path("a.csv.zst"))
        #expect(unlink(shop.path("a.plot.png")) == 0)
        #expect(try shop.landmarkd(arguments).status == 0)
        #expect(FileIdentity(path: shop.path("a.plot.png")) != nil, "drawn of the table that is there")
        #expect(FileIdentity(path: shop.path("a.csv.zst")) == first)
    }

    /// The order of columns' groups does not matter, nor do options that say what is so anyway.
    @Test func theSameSettingsInOtherWordsAreTheSame() throws {
        try writeClips("a.mp4")
        let arguments = ["track", "a.mp4", "-o", "a.csv", "--resume", "--columns"]
        #expect(try shop.landmarkd(arguments + ["points,eyes", "--every", "1"]).status == 0)
        #expect(
            try shop.landmarkd(arguments + ["eyes, points", "--smoothing", "off"]).errors
                == "whole already: 1; to do: 0\n")
    }

    /// A pipe holds the run up in its second recording.
    @Test func aKilledRunIsResumedAndLosesNothing() throws {
        try writeClips("a.mp4", "b.mp4", "c.mp4")
        #expect(try shop.landmarkd("track", "a.mp4", "b.mp4", "c.mp4", "-o", "whole", "-q").status == 0)
        #expect(rename(shop.path("b.mp4"), shop.path("kept")) == 0 && mkfifo(shop.path("b.mp4"), 0o600) == 0)
        let program = try shop.start(
            "track", "a.mp4", "b.mp4", "c.mp4", "-o", "tables", "--threads", "1", "--report", "r.csv")
        #expect(waits { !folderNames(shop.path("tables/.landmarkd")).isEmpty && program.errorsSoFar.contains("a.csv") })
        program.send(SIGKILL)
        _ = try program.finish()
        #expect(try files("tables").keys.sorted() == ["a.csv"])
        let first = FileIdentity(path: shop.path("tables/a.csv"))

        #expect(rename(shop.path("kept"), shop.path("b.mp4")) == 0)
        let resumed = try shop.landmarkd(
            "track", "a.mp4", "b.mp4", "c.mp4", "-o", "tables", "--resume", "--report", "r.csv")
        #expect(resumed.status == 0 && resumed.errors.hasPrefix("whole already: 1; to do: 2\n"), "\(resumed.errors)")
        #expect(try files("tables") == files("whole"))
        #expect(FileIdentity(path: shop.path("tables/a.csv")) == first)
        #expect(
            try report("r.csv").mapValues { $0["status"] } == ["a.mp4": "skipped", "b.mp4": "whole", "c.mp4": "whole"])
        #expect(try report("r.csv").values.allSatisfy { $0["frames"] == "4" })
    }

    @Test(.enabled(if: lacksSmallDisk == nil, "needs a disk of its own")) func aFullDiskIsResumedOnceThereIsSpace()
        throws
    {
        try writeClips("day/a.mp4", "day/b.mp4", "day/c.mp4", "day/d.mp4", frames: 2)
        #expect(try shop.landmarkd("track", "day", "-o", "whole", "-q").status == 0)
        try withSmallDisk { disk in
            let full = try shop.landmarkd("track", "day", "-o", disk, "-q", "--threads", "1")
            #expect(full.status == ExitCode.inputOutput.rawValue && full.errors.contains("No space left"))
            #expect(unlink("\(disk)/ballast") == 0)
            let resumed = try shop.landmarkd("track", "day", "-o", disk, "-q", "--resume")
            #expect(resumed.status == 0, "\(resumed.errors)")
            for (name, bytes) in try files("whole") {
                #expect(try readFile("\(disk)/\(name)", atMost: 1 << 20) == bytes)
            }
        }
    }

    @Test func whatChangedIsDoneAgain() throws {
        try writeClips("day/a.mp4", "day/b.mp4", "day/c.mp4")
        let arguments = ["track", "day", "-o", "tables"]
        #expect(try shop.landmarkd(arguments + ["-q"]).status == 0)
        let whole = try files("tables")
        try shop.write("tables/a.csv", Array(try shop.read("tables/a.csv").dropLast(100)))
        try shop.writeClip("day/b.mp4", frames: 5)
        let resumed = try shop.landmarkd(arguments + ["--resume"])
        #expect(resumed.status == 0)
        #expect(resumed.errors.contains("whole already: 1; to do: 2\n"), "\(resumed.errors)")
        #expect(resumed.errors.contains("tables/a.csv: done again: its size is no longer "))
        #expect(resumed.errors.contains("tables/b.csv: done again: its recording has changed\n"))
        #expect(try files("tables")["a.csv"] == whole["a.csv"] && files("tables")["c.csv"] == whole["c.csv"])
        expectFailure(
            try shop.landmarkd(arguments + ["--resume", "--faces", "2"]), .cannotCreate,
            "tables/a.csv: written with other settings (faces=1), as 2 more; nothing")
    }

    @Test func partsMakeTheWholeAndReportsTellAll() throws {
        try writeClips("day/a.mp4", "day/b.mp4", "day/s/c.mp4", "day/s/d.mp4", "day/s/e.mp4")
        #expect(try shop.landmarkd("track", "day", "-o", "whole", "-q").status == 0)
        var inputs: [String] = []
        for part in 1...3 {
            let result = try shop.landmarkd(
                "track", "day", "-o", "parts", "--shard", "\(part)/3", "-q", "--report", "\(part).csv")
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            inputs += try report("\(part).csv").keys
        }
        #expect(try files("parts") == files("whole"))
        #expect(inputs.sorted() == ["day/a.mp4", "day/b.mp4", "day/s/c.mp4", "day/s/d.mp4", "day/s/e.mp4"])
    }

    @Test func aManifestIsDoneAndItsMissingFilesAreTold() throws {
        try writeClips("a.mp4", "b.mp4")
        try shop.write(
            "m.csv", Array("input,output\na.mp4,date=1/x.csv\ngone.mp4,date=1/y.csv\nb.mp4,date=2/x.csv\n".utf8))
        let result = try shop.landmarkd("track", "--manifest", "m.csv", "-o", "tables", "-q", "--report", "r.jsonl")
        expectFailure(result, .noInput, "gone.mp4: opening: No such file")
        #expect(try files("tables").keys.sorted() == ["date=1/x.csv", "date=2/x.csv"])
        let lines = try shop.lines("r.jsonl")
        #expect(lines.count == 3 && lines.count { $0.contains("\"status\":\"whole\",\"frames\":4,") } == 2)
        #expect(lines.count { $0.contains("\"exit_code\":66,\"reason\":\"gone.mp4: opening: No such file") } == 1)
    }

    @Test func theFirstFailureMayEndARun() throws {
        try writeClips("day/b.mp4", "day/c.mp4")
        try shop.write("day/a.mp4", Array("text".utf8))
        let result = try shop.landmarkd(
            "track", "day", "-o", "tables", "--threads", "1", "--fail-fast", "--report", "r.csv")
        #expect(result.status == ExitCode.unusableData.rawValue)
        #expect(
            result.errors.contains("landmarkd: stopped at the first failure: 2 of 3 recordings were not begun\n"),
            "\(result.errors)")
        #expect(
            try report("r.csv").mapValues { $0["status"] }
                == ["day/a.mp4": "failed", "day/b.mp4": "not_begun", "day/c.mp4": "not_begun"])
        #expect(try report("r.csv")["day/a.mp4"]?["exit_code"] == "65" && files("tables").isEmpty)
    }

    @Test func aReportThatLosesRowsIsAFailure() throws {
        try writeClips("a.mp4")
        let result = try shop.landmarkd("track", "a.mp4", "-q", "--report", "/dev/full")
        #expect(result.status == ExitCode.inputOutput.rawValue, "\(result.errors)")
        #expect(result.errors.contains("landmarkd: /dev/full: writing: No space left on device\n"))
    }

    @Test func aTableIsDrawn() throws {
        try writeClips("a.mp4")
        #expect(try shop.landmarkd("track", "a.mp4", "-q").status == 0)
        let result = try shop.landmarkd("plot", "a.csv")
        #expect(result.status == 0 && result.errors.isEmpty && result.output.isEmpty)
        #expect(try shop.read("a.plot.png").prefix(4) == [0x89, 0x50, 0x4E, 0x47])
        expectFailure(try shop.landmarkd("plot", "gone.csv"), .noInput, "gone.csv: opening: No such file")
        expectFailure(try shop.landmarkd("plot", "a.mp4"), .unusableData, "a.mp4:")
        expectFailure(try shop.landmarkd("plot", "a.csv", "-o", "a.jpg"), .usage, "a.jpg: pictures are written as PNG")
    }

    @Test(arguments: [
        (["track", "a.mp4", "--shard", "0/4"], "--shard 0/4: there is no such part"),
        (["track", "a.mp4", "--shard", "a/b"], "--shard a/b: not of the form I/N"),
        (["track", "a.mp4", "b.mp4", "--report", "r.txt"], "r.txt: reports are written as CSV or JSON lines"),
        (["track", "a.mp4", "b.mp4", "--report", "./a.csv"], "./a.csv: would replace the table"),
        (["track", "a.mp4", "--report", "a.mp4"], "a.mp4: would replace an input"),
        (["track", "a.mp4", "-o", "-", "--resume"], "-: --resume cannot tell"),
        (["track", "a.mp4", "-o", "/dev/null", "--plots"], "/dev/null: --plots draws tables in files"),
        (["track", "a.mp4", "-o", "/dev/null", "--blinks"], "/dev/null: --blinks writes a table beside"),
        (["track", "a.mp4", "--blinks", "--report", "a.blinks.csv"], "a.blinks.csv: would replace another output"),
        (["track", "--manifest", "m.csv", "--blinks"], "a.blinks.csv: two outputs would have this name"),
        (["track", "--manifest", "m.csv", "--plots"], "a.plot.png: two outputs would have this name"),
        (["track", "--manifest", "m.csv", "--report", "./m.csv"], "./m.csv: would replace an input"),
    ]) func wrongUse(arguments: [String], cause: String) throws {
        try writeClips("a.mp4", "b.mp4")
        try shop.write("m.csv", Array("input,output\na.mp4,a\nb.mp4,a.csv\n".utf8))
        let before = try files(".")
        expectFailure(try shop.landmarkd(arguments), .usage, cause)
        #expect(try files(".") == before)
    }

    @Test(arguments: [["a.mp4", "--manifest", "m.csv"], [], ["a.mp4", "--plots", "--format", "jsonl"]])
    func optionsThatDoNotGoTogether(arguments: [String]) throws {
        let result = try shop.landmarkd(["track"] + arguments)
        #expect(result.status == 64 && result.errors.hasPrefix("Error: "))
    }
}
