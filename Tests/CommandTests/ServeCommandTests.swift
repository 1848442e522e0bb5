import Base
import Foundation
import TestSupport
import Testing

@Suite(.ownThread) struct ServeCommandTests {
    let shop: Workshop

    init() throws {
        shop = try Workshop()
        try shop.writeClip("clip.mp4", frames: 50)
    }

    @Test func checkSaysWhatIsSetAndOpensNothing() throws {
        try settings(
            """
            streams:
              door: {source: /dev/video99, faces: 2, format: MJPG, size: 1280x720, outputs: [{csv: none/door.csv}]}
              yard: {source: "rtsp://user:secret@camera.example/1"}
            """)
        let result = try shop.landmarkd("serve", "--config", "s.yaml", "--check")
        #expect(result.status == 0 && result.errors.contains("there is no folder none"), "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "2 streams, HTTP at 127.0.0.1:8068")
        #expect(
            lines.count == 3 && lines[1] == "  door: /dev/video99, MJPG 1280x720, up to 2 faces -> csv:none/door.csv")
        #expect(!result.output.contains("secret"))
        #expect(shop.folder.names == ["clip.mp4", "face68.safetensors", "s.yaml"])
    }

    /// Warnings that `--check` gives of settings: causes and remedies.
    private func warnings(_ text: String) throws -> [String] {
        try settings(text)
        let result = try shop.landmarkd("serve", "--config", "s.yaml", "--check")
        #expect(result.status == 0, "\(result.errors)")
        return result.errors.replacing("\n  remedy: ", with: " | ").split(separator: "\n").map(String.init)
    }

    @Test func checkWarnsOfLikelyMistakes() throws {
        let start = "landmarkd: warning: streams.a."
        #expect(try warnings("streams: {a: {source: clip.mp4, outputs: [{csv: '{stream}.csv'}, {jsonl: '-'}]}}") == [])
        #expect(
            try warnings("streams: {a: {source: clap.mp4}, b: {source: /dev/video99}}")
                == [start + "source: clap.mp4: No such file or directory | check the path"])
        #expect(
            try warnings("streams: {a: {source: '{stream}.mp4'}}")
                == [
                    start
                        + "source: {stream}.mp4: No such file or directory | write out '{stream}': placeholders are for outputs only"
                ])
        #expect(
            try warnings("streams: {a: {source: clip.mp4, outputs: [{csv: 'none/{strem}.csv'}]}}")
                == [
                    start
                        + "outputs: none/{strem}.csv: '{strem}' stands for nothing, and is kept as it is | did you mean '{stream}'?"
                ])
        #expect(
            try warnings("streams: {a: {source: clip.mp4, outputs: [{jsonl: '/srv/{date}.jsonl'}]}}").first?
                .contains("only '{stream}' stands for something") == true)
        #expect(
            try warnings("streams: {a: {source: clip.mp4, outputs: [{csv: /none/here/a.csv}, {csv: clip.mp4/a.csv}]}}")
                .map { $0.prefix { $0 != "|" } } == [
                    start + "outputs: /none/here/a.csv: there is no folder /none/here ",
                    start + "outputs: clip.mp4/a.csv: there is no folder clip.mp4, seen from the current folder ",
                ])
    }

    @Test(arguments: [
        ("/home/ann/a.mp4", "ProtectHome=yes"), ("/tmp/none at all/a.mp4", "PrivateTmp=yes"),
        ("/tmp/a none.mp4", "PrivateTmp=yes"),
    ])
    func checkSaysWhatTheUnitHides(source: String, option: String) throws {
        let found = try warnings("streams: {a: {source: \(source), outputs: [{csv: \(source).csv}]}}")
        #expect(found.count { $0.contains("its unit has \(option)") } == 2, "\(found)")
        #expect(found.first?.contains("move it to /var/lib/landmarkd") == true)
        #expect(found.contains { $0.contains("source: \(source): No such file") }, "\(found)")
        let hasFolder = access(String(source[..<(source.lastIndex(of: "/") ?? source.endIndex)]), F_OK) == 0
        #expect(found.contains { $0.contains("there is no folder") } == !hasFolder, "\(found)")
        let unit = try String(contentsOfFile: "\(packageFolder)/systemd/landmarkd.service", encoding: .utf8)
        #expect(unit.contains("\n\(option)\n"), "as is said")
    }

    @Test(.enabled(if: access("/etc/landmarkd/landmarkd.yaml", F_OK) != 0, "landmarkd is set up here"))
    func withoutSettingsTheShortWayIsTold() throws {
        for more in [[], ["--check"]] {
            let result = try shop.landmarkd(["serve"] + more)
            expectFailure(result, .noInput, "/etc/landmarkd/landmarkd.yaml: opening: No such file or directory")
            #expect(result.errors.contains("with --source /dev/video0"))
        }
    }

    @Test func aNumberWithAMinusIsAValue() throws {
        let result = try shop.landmarkd("serve", "--source", "clip.mp4", "--listen", "-1")
        expectFailure(result, .wrongSettings, "--listen: http.listen: '-1' is not an address and port")
    }

    @Test func brokenSettingsAreRefusedInOneLine() throws {
        try settings("streams:\n  door:\n    source: clip.mp4\n    fcaes: 2\n")
        for more in [["--check"], []] {
            let result = try shop.landmarkd(["serve", "--config", "s.yaml"] + more)
            expectFailure(result, .wrongSettings, "s.yaml:4: streams.door.fcaes: unknown key")
            #expect(result.errors.contains("did you mean 'faces'?"))
        }
        try settings("streams: {door: {source: 'ftp://x'}}")
        let result = try shop.landmarkd("serve", "--config", "s.yaml", "--check")
        expectFailure(result, .wrongSettings, "s.yaml:1: streams.door.source: 'ftp://x': neither")
        expectFailure(try shop.landmarkd("serve", "--config", "none.yaml"), .noInput, "none.yaml: ")
        let flag = try shop.landmarkd("serve", "--source", "clip.mp4", "--listen", "0.0.0.0:1")
        expectFailure(flag, .wrongSettings, "settings: http.listen: other machines can reach 0.0.0.0:1")
    }

    @Test(arguments: [SIGTERM, SIGINT]) func aSignalEndsItTidily(signal: Int32) throws {
        try settings(
            """
            streams:
              clip: {source: clip.mp4, loop: true, outputs: [{jsonl: "-"}, {csv: "{stream}.csv"}]}
            http: {listen: 127.0.0.1:0}
            """)
        let program = try shop.start("serve", "--config", "s.yaml")
        #expect(waits { (try? tableRows().count) ?? 0 > 20 }, "\(program.errorsSoFar)")
        program.send(signal)
        let result = try program.finish()
        #expect(result.status == 0, "\(result.errors)")
        let objects = try result.output.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["frame"] as? Int } == objects.indices.map { $0 + 1 })
        let times = objects.compactMap { $0["time"] as? Double }
        #expect(times.count == objects.count && zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        let name = try #require(shop.folder.names.first { $0.hasSuffix("Z.csv") }, "\(shop.folder.names)")
        let frames = try shop.lines(name).dropFirst().map { $0.split(separator: ",")[0] }
        #expect(frames.count >= objects.count && Set(frames).count == objects.count)
        #expect(result.errors.contains("clip: clip.mp4: delivers: ") && result.errors.hasSuffix("notice: ended\n"))
    }

    @Test func settingsAreReadAnewAndBrokenOnesRefused() throws {
        let manager = try PlayedManager()
        try settings("streams: {a: {source: clip.mp4, loop: true}}\nhttp: {listen: off}")
        let program = try shop.start(["serve", "--config", "s.yaml"], environment: ["NOTIFY_SOCKET": manager.name])
        #expect(manager.next(with: "READY=1") != nil, "\(program.errorsSoFar)")
        try settings("streams: {a: {sourec: clip.mp4}}")
        program.send(SIGHUP)
        let reloading = try #require(manager.next(with: "RELOADING=1"))
        #expect(reloading.contains("\nMONOTONIC_USEC="))
        #expect(manager.next(with: "READY=1") != nil)
        #expect(
            program.errorsSoFar.contains("error: settings stay as they were: s.yaml:1: streams.a.sourec: unknown key"))
        try settings("streams: {a: {source: clip.mp4, loop: true}, b: {source: clip.mp4}}\nhttp: {listen: 127.0.0.1:1}")
        program.send(SIGHUP)
        #expect(manager.next(with: "RELOADING=1") != nil && manager.next(with: "READY=1") != nil)
        #expect(program.errorsSoFar.contains("notice: settings were reloaded: started: b\n"))
        #expect(program.errorsSoFar.contains("warning: http.listen changes when landmarkd is restarted"))
        program.send(SIGTERM)
        #expect(manager.next(with: "STOPPING=1") != nil)
        let result = try program.finish()
        #expect(result.status == 0)
        #expect(result.errors.split(separator: "\n").count { $0.contains("a: clip.mp4: delivers") } == 1, "undisturbed")
    }

    /// Nobody writes to the pipe: neither the reload nor the end may wait for it.
    @Test func aPipeInThePlaceOfTheSettingsHoldsNothingUp() throws {
        let manager = try PlayedManager()
        try settings("streams: {a: {source: clip.mp4, loop: true}}\nhttp: {listen: off}")
        let program = try shop.start(["serve", "--config", "s.yaml"], environment: ["NOTIFY_SOCKET": manager.name])
        #expect(manager.next(with: "READY=1") != nil, "\(program.errorsSoFar)")
        unlink(shop.path("s.yaml"))
        mkfifo(shop.path("s.yaml"), 0o600)
        program.send(SIGHUP)
        #expect(manager.next(with: "RELOADING=1") != nil && manager.next(with: "READY=1") != nil)
        #expect(program.errorsSoFar.contains("settings stay as they were: s.yaml: opening: not a regular file"))
        program.send(SIGTERM)
        #expect(try program.finish().status == 0)
    }

    @Test func withoutStreamsItRunsAndSaysSo() throws {
        try settings("http: {listen: 127.0.0.1:0}")
        let program = try shop.start("serve", "--config", "s.yaml")
        #expect(waits { program.errorsSoFar.contains("HTTP answers at http://127.0.0.1:") })
        #expect(program.errorsSoFar.contains("no stream is set"))
        program.send(SIGTERM)
        #expect(try program.finish().status == 0)
    }

    @Test func oneSourceNeedsNoFile() throws {
        let program = try shop.start(
            "serve", "--source", "clip.mp4", "--name", "video7", "--listen", "off", "--log-level", "info")
        #expect(waits { program.errorsSoFar.contains("video7: clip.mp4: has ended") }, "\(program.errorsSoFar)")
        program.send(SIGTERM)
        #expect(try program.finish().status == 0)
    }

    @Test(.enabled(if: lacksSmallDisk == nil, "needs root and the right to mount"))
    func aFullDiskIsToldAndSurvived() throws {
        try withSmallDisk { disk in
            try settings(
                """
                streams:
                  clip: {source: clip.mp4, loop: true, outputs: [{csv: '\(disk)/{stream}.csv'}]}
                http: {listen: off}
                """)
            let program = try shop.start("serve", "--config", "s.yaml")
            let full = "No space left on device; whole rows so far are in \(disk)/clip-"
            #expect(waits(seconds: 60) { program.errorsSoFar.contains(full) }, "\(program.errorsSoFar)")
            try FileManager.default.removeItem(atPath: "\(disk)/ballast")
            #expect(waits(seconds: 60) { program.errorsSoFar.contains("works again after") }, "\(program.errorsSoFar)")
            program.send(SIGTERM)
            let result = try program.finish()
            #expect(result.status == 0)
            for name in folderNames(disk) {
                let text = String(decoding: try readFile("\(disk)/\(name)", atMost: 1 << 20), as: UTF8.self)
                #expect(Set(text.split(separator: "\n").map { $0.split(separator: ",").count }) == [20 + 2 * 68])
                #expect(text.hasSuffix("\n"))
            }
        }
    }

    private func settings(_ text: String) throws { try shop.write("s.yaml", Array(text.utf8)) }

    /// Rows that are in the tables of the folder.
    private func tableRows() throws -> [Substring] {
        try shop.folder.names.filter { $0.contains(".csv") }.flatMap { try shop.lines($0).dropFirst() }
    }
}
