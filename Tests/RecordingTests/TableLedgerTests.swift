import Capture
import Glibc
import TestSupport
import Testing

@testable import Base
@testable import Recording

@Suite struct TableLedgerTests {
    let folder: TemporaryFolder
    let plan: OutputPlan
    let summary: RecordingSummary

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a.mp4", "b.mp4"] { try writeFile(folder.path(name), [1, 2, 3]) }
        plan = try OutputPlan(
            inputs: mediaFiles(in: [folder.path]), output: folder.path("t"), format: .csv, isMany: true)
        var summary = RecordingSummary()
        (summary.frames, summary.time) = (7, 0.24)
        self.summary = summary
    }

    private var provenance: Provenance {
        var provenance = Provenance()
        (provenance.model, provenance.modelDigest, provenance.settings) = ("m.safetensors", "1f", "faces=1")
        return provenance
    }

    /// Writes the first job's table, and records it.
    private func finishFirst() throws {
        let job = plan.jobs[0]
        try writeFile(job.table, Array("rows".utf8))
        let ledger = try TableLedger(folder: plan.folder)
        try ledger.add(job, source: SourceStamp(path: job.input.path), provenance, summary)
    }

    private func state(_ job: Int = 0, _ provenance: Provenance? = nil) throws -> TableLedger.State {
        try TableLedger(folder: plan.folder).state(of: plan.jobs[job], provenance ?? self.provenance)
    }

    @Test func whatIsWholeIsKnownToTheNextRun() throws {
        #expect(try state() == .missing)
        try finishFirst()
        #expect(try state() == .whole(summary))
        #expect(try state(1) == .missing)
    }

    @Test func anotherRecordingModelOrSettingMakesItAnotherTable() throws {
        try finishFirst()
        var other = provenance
        other.settings = "faces=2"
        #expect(try state(0, other) == .different("other settings (faces=1)"))
        other = provenance
        other.modelDigest = "20"
        #expect(try state(0, other) == .different("another model (m.safetensors)"))
        other = provenance
        other.program = "9.9"
        #expect(try state(0, other) == .whole(summary), "another version of the program is told in the report")
        try writeFile(plan.jobs[0].input.path, [1, 2, 3, 4])
        #expect(try state() == .stale("its recording has changed"))
    }

    @Test func tablesThatChangedOrAreUnknownAreNotWhole() throws {
        try finishFirst()
        try writeFile(plan.jobs[0].table, Array("row".utf8))
        #expect(try state() == .stale("its size is no longer 4 bytes"))
        try writeFile(plan.jobs[1].table, Array("rows".utf8))
        #expect(try state(1) == .stale("no run has recorded it as whole"))
    }

    @Test func aTableIsNotWholeWithoutWhatBelongsToIt() throws {
        try finishFirst()
        let ledger = try TableLedger(folder: plan.folder)
        let blinks = folder.path("t/a.blinks.csv")
        #expect(ledger.state(of: plan.jobs[0], provenance, with: [blinks]) == .stale("\(blinks) is missing"))
        try writeFile(blinks, [1])
        #expect(ledger.state(of: plan.jobs[0], provenance, with: [blinks]) == .whole(summary))
    }

    @Test func onlySettingsThatDifferAreTold() {
        var (one, other) = (provenance, provenance)
        (one.settings, other.settings) = ("faces=1 rate=5 every=2", "faces=1 rate=6 every=2")
        #expect(one.difference(to: other) == "other settings (rate=6)")
        one.settings = "faces=1 rate=6 every=2 more=1"
        #expect(one.difference(to: other) == "other settings (faces=1 rate=6 every=2)")
    }

    @Test func linesThatWereCutOffHarmNoOther() throws {
        try finishFirst()
        let place = folder.path("t/.landmarkd")
        let file = try #require(folderNames(place).first)
        let line = try readFile("\(place)/\(file)", atMost: 1 << 16)
        try writeFile("\(place)/0.jsonl", Array(line.prefix(40)))
        try writeFile("\(place)/z.jsonl", Array("{}\n\n\u{0}".utf8) + Array(line.prefix(90)))
        #expect(try state() == .whole(summary))
    }

    /// `--overwrite` was interrupted: its settings count where it came to, the earlier run's elsewhere.
    @Test func theNewestRecordCounts() throws {
        try finishFirst()
        var other = provenance
        other.settings = "faces=2"
        let job = plan.jobs[0]
        let ledger = try TableLedger(folder: plan.folder)
        try ledger.add(job, source: SourceStamp(path: job.input.path), other, summary)
        #expect(try state(0, other) == .whole(summary))
        #expect(try state() == .different("other settings (faces=2)"))
    }

    /// One that kills the program would keep all others from their turn, again and again.
    @Test func recordingsThatWereBegunWithoutAnEndGoLast() throws {
        try writeFile(plan.jobs[0].table + ".partial", [1])
        let ledger = try TableLedger(folder: plan.folder)
        let selection = try TableSelection(plan, .init(resumes: true), ledger, provenance)
        #expect(selection.jobs.map(\.name) == ["b.csv", "a.csv"])
    }

    @Test func existingTablesAreOnlyReplacedIfAsked() throws {
        try finishFirst()
        func select(_ resumes: Bool, _ overwrites: Bool, _ provenance: Provenance) throws -> TableSelection {
            try TableSelection(
                plan, .init(resumes: resumes, overwrites: overwrites), TableLedger(folder: plan.folder), provenance)
        }
        var other = provenance
        other.settings = "faces=2"
        for (resumes, provenance) in [(false, provenance), (true, other)] {
            let fault = #expect(throws: LandmarkdError.self) { try select(resumes, false, provenance) }
            #expect(fault?.exitCode == .cannotCreate && fault?.remedy?.contains("--overwrite") == true)
        }
        #expect(try select(true, false, provenance).jobs.map(\.name) == ["b.csv"])
        #expect(try select(true, true, provenance).jobs.map(\.name) == ["b.csv"])
        #expect(try select(false, true, provenance).jobs.count == 2)
        #expect(try select(true, true, other).jobs.count == 2)
    }
}

@Suite struct SourceStampTests {
    /// Pictures of a folder, or of a pattern, are one recording.
    @Test func aSequenceIsRecognisedByItsPictures() throws {
        let folder = try TemporaryFolder()
        try makeFolders(above: folder.path("frames/inner/x"))
        for name in ["1.png", "2.png"] { try writeFile(folder.path("frames/\(name)"), [1, 2, 3]) }
        for name in ["frames", "frames/%d.png"] {
            let recording = MediaFile(path: folder.path(name), isSequence: true)
            let first = try #require(SourceStamp(recording))
            #expect(first.name == name.fileName && first.bytes == 6)
            try writeFile(folder.path("frames/table.csv"), [1])
            #expect(SourceStamp(recording) == first, "only pictures count")
            try writeFile(folder.path("frames/3.png"), [1])
            #expect(SourceStamp(recording) != first)
            unlink(folder.path("frames/3.png"))
            #expect(SourceStamp(recording) == first)
        }
        mkfifo(folder.path("pipe"), 0o600)
        #expect(SourceStamp(path: folder.path("pipe")) == nil && SourceStamp(path: folder.path("none")) == nil)
    }
}

@Suite struct BatchProgressTests {
    @Test func sharesAddUpAndOneThatIsUnknownMakesTheWholeUnknown() {
        var progress = BatchProgress(count: 4)
        #expect(progress.share == 0)
        progress.set(0, frames: 10, share: 0.5)
        progress.end(1)
        #expect(progress.share == 1.5 / 4)
        progress.set(2, frames: 5, share: nil)
        #expect(progress.share == nil && progress.detail.hasPrefix("1 of 4 files, 15 frames, "))
        progress.end(2)
        progress.set(0, frames: 20, share: 3)
        #expect(progress.share == 3.0 / 4 && progress.detail.hasPrefix("2 of 4 files, 25 frames, "))
    }
}
