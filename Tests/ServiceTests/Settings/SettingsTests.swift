import TestSupport
import Testing

@testable import Base
@testable import Service

@Suite struct SettingsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func everyKeyIsTakenOver() throws {
        let settings = try read(
            """
            http: {listen: "0.0.0.0:9", token: 0123456789abcdef, preview: off}
            log: {level: warning}
            models: /m
            model: /m/own.safetensors
            streams:
              door:
                source: /dev/video3
                faces: 4
                format: MJPG
                size: 1280x720
                rate: 29.97
                stall: 1.5
                smoothing: off
                search_rate: 2
                outputs:
                - {csv: 'a/{stream}.csv', rotate: 100MB}
                - jsonl: "-"
                - udp: "[::1]:9000"
                - {opentrack: 'sim:4242', rate: 60, faces: one}
                - {openseeface: 'sim:11573'}
                - {vmc: 'sim:39540'}
                - {unix: '/run/{stream}.socket', columns: pose}
            """)
        #expect(settings.http.listen == "0.0.0.0:9" && settings.http.token == "0123456789abcdef")
        #expect(!settings.http.preview && settings.logLevel == .warning && settings.models == "/m")
        #expect(settings.model == "/m/own.safetensors")
        var door = StreamSettings()
        (door.name, door.source, door.faces) = ("door", "/dev/video3", 4)
        (door.format, door.size, door.rate) = ("MJPG", FrameSize("1280x720"), 29.97)
        (door.stall, door.smoothing, door.searchRate) = (1.5, false, 2)
        door.outputs = [
            OutputSettings(.csv(path: "a/door.csv"), rotation: .size(bytes: 100_000_000)),
            OutputSettings(.jsonl(path: "-")), OutputSettings(.udp(host: "::1", port: 9000)),
            OutputSettings(.opentrack(host: "sim", port: 4242)), OutputSettings(.openSeeFace(host: "sim", port: 11573)),
            OutputSettings(.vmc(host: "sim", port: 39540)), OutputSettings(.unix(path: "/run/door.socket")),
        ]
        (door.outputs[3].rate, door.outputs[3].faces, door.outputs[6].columns) = (60, .one, [.pose])
        #expect(settings.streams == [door])
    }

    @Test(arguments: ["", "# nothing\n", "streams:\n", "streams: {}\nhttp:\n"]) func nothingIsValid(text: String) throws
    {
        #expect(try read(text) == ServiceSettings())
    }

    @Test func streamsBeginAsTheDefaultsWhereverTheseStand() throws {
        let settings = try read(
            """
            streams:
              b: {source: b.mp4, faces: 3}
              a: {source: a.mp4}
            defaults: {faces: 2, loop: true, outputs: [{csv: '{stream}.csv'}]}
            """)
        #expect(settings.streams.map(\.name) == ["a", "b"])
        #expect(settings.streams.map(\.faces) == [2, 3] && settings.streams.allSatisfy { $0.loop })
        #expect(settings.streams.map { $0.outputs[0].path } == ["a.csv", "b.csv"])
    }

    @Test(arguments: [
        ("streams:\n  door:\n    source: a\n    fcaes: 2\n", ":4: streams.door.fcaes: unknown key", "'faces'"),
        ("http:\n  lisen: 127.0.0.1:1\n", ":2: http.lisen: unknown key", "'listen'"),
        ("sterams:\n", ": sterams: unknown key", "'streams'"),
        ("qqqqqqqqq: 1\n", ": qqqqqqqqq: unknown key", "streams, cameras, defaults, http, log, models, model"),
        (
            "streams:\n  door:\n    faces: 2\n    source: ftp://x\n",
            ":4: streams.door.source: 'ftp://x': neither a camera", "rtsp://"
        ),
        (
            "streams:\n  door:\n    loop: yes\n    source: /dev/video3\n",
            ":4: streams.door.source: '/dev/video3': only a file can be played in a loop", "leave 'loop' out"
        ),
        ("streams: !!map\n  door: {source: a}\n", ":1: streams: the tag '!!map' is not read", "remove the tag"),
        ("streams:\n  door: {faces: 2}\n", "streams.door: has no source", "source: /dev/video0"),
        ("streams:\n  door: {source: a, faces: two}\n", "streams.door.faces: 'two' is not", "from 1 to 16"),
        ("streams:\n  door: {source: a, faces: 17}\n", "streams.door.faces: '17' is not", "from 1 to 16"),
        ("streams:\n  door: {source: a, faces: 1.5}\n", "streams.door.faces: '1.5' is not", "whole number"),
        ("streams:\n  door: {source: a, size: 1280*720}\n", "streams.door.size: '1280*720' is not", "1280x720"),
        ("streams:\n  door: {source: a, format: MJPEG}\n", "streams.door.format: 'MJPEG' is not", "'MJPG'"),
        ("streams:\n  door: {source: a, rate: -1}\n", "streams.door.rate: '-1' is not", "frames a second"),
        ("streams:\n  door: {source: a, rate: .nan}\n", "streams.door.rate: '.nan' is not", "frames a second"),
        ("streams:\n  door: {source: a, focal_length: 0}\n", "streams.door.focal_length: '0' is not", "pixels"),
        (
            "streams:\n  d: {source: a, outputs: [{csv: a, columns: 'pose,gaze'}]}\n",
            "streams.d.outputs.1.columns: 'pose,gaze' is not", "groups of columns"
        ),
        ("streams:\n  door: {source: [a]}\n", "streams.door.source: a list is not", "a camera"),
        ("streams:\n  a/b: {source: a}\n", "streams.a/b: a stream cannot have this name", "letters, digits"),
        ("streams:\n  ..: {source: a}\n", "streams...: a stream cannot have this name", "letters, digits"),
        ("streams: [door]\n", "streams: a list is not a table", "table"),
        ("streams:\n  door: {source: a, outputs: x.csv}\n", "streams.door.outputs: 'x.csv' is not a list", "a list"),
        ("streams:\n  door: {source: a, outputs: [{}]}\n", "streams.door.outputs.1: an output without", "csv, jsonl"),
        (
            "streams:\n  d: {source: a, outputs: [{csv: a, udp: 'b:1'}]}\n", "streams.d.outputs.1: an output with",
            "one of"
        ),
        (
            "streams:\n  d: {source: a, outputs: [{csv: a, rotate: 1kB}]}\n", "streams.d.outputs.1.rotate: '1kB'",
            "100MB"
        ),
        (
            "streams:\n  d: {source: a, outputs: [{udp: 'b:1', rotate: day}]}\n", "streams.d.outputs.1: only files",
            "rotate"
        ),
        (
            "streams:\n  d: {source: a, outputs: [{vmc: 'b:1', columns: pose}]}\n",
            "streams.d.outputs.1: this protocol's contents are fixed", "remove 'columns'"
        ),
        (
            "streams:\n  d: {source: a, outputs: [{unix: /a, rate: 0}]}\n", "streams.d.outputs.1.rate: '0' is not",
            "a number of results per second from 0.01 to 1000"
        ),
        (
            "streams:\n  d: {source: a, outputs: [{udp: 'b:1', keep: 1d}]}\n", "streams.d.outputs.1: only files",
            "remove 'keep'"
        ),
        (
            "streams:\n  d: {source: a, outputs: [{csv: a, keep: 30}]}\n", "outputs.1.keep: '30' is not an age",
            "both as 30d,20GB"
        ),
        (
            "streams:\n  d: {source: a, outputs: [{udp: 'b:99999'}]}\n", "streams.d.outputs.1.udp: 'b:99999'",
            "127.0.0.1:9000"
        ),
        ("defaults: {source: a}\n", ": defaults.source: unknown key", "loop"),
        ("cameras: on\n", "cameras: 'on' is not auto, or off", "auto"),
        (
            "cameras: auto\ndefaults: {outputs: [{csv: /a/b.csv}]}\n", "several cameras would write to csv:/a/b.csv",
            "'{stream}'"
        ),
        ("http: {listen: 8068}\n", "http.listen: '8068' is not", "127.0.0.1:8068"),
        ("http: {token: short}\n", "http.token: the value is not none", "16"),
        ("log: {level: warn}\n", "log.level: 'warn' is not", "debug, info, warning, error"),
        ("log: {level: inof}\n", "log.level: 'inof' is not", "'info'"),
        ("http: {preview: maybe}\n", "http.preview: 'maybe' is not true or false", "true or false"),
        ("a: [\n", "not YAML", "correct"), ("http: 1\nhttp: 2\n", "not YAML", "correct"),
        ("- a\n", ": a list is not", "table"),
        ("streams:\n  door: {source: ~}\n", ":2: streams.door.source: '~' is YAML's null", "a camera"),
        ("streams:\n  door: {source: null}\n", "streams.door.source: 'null' is YAML's null", "a camera"),
        ("streams:\n  ~: {source: a}\n", "a key that is no word", "name"),
        ("streams:\n  null: {source: a}\n", "a key that is no word", "name"),
        ("streams:\n  door: {source: a, faces: 012}\n", "streams.door.faces: '012' is not", "from 1 to 16"),
        ("streams:\n  door: {source: a, faces: 0x2}\n", "streams.door.faces: '0x2' is not", "from 1 to 16"),
        ("streams:\n  door: {source: a, faces: 9999999999999999999999}\n", "streams.door.faces: '9999", "from 1 to 16"),
        ("streams:\n  door: {source: a, rate: 1:30}\n", "rate: '1:30' is not a number of frames a second", "1000"),
        ("streams:\n  door: {source: a, rate: 1_0}\n", "rate: '1_0' is not", "1000"),
        ("streams:\n  door: {source: a, size: +1280x0720}\n", "size: '+1280x0720' is not", "1280x720"),
        ("streams:\n  door: {source: a, format: ~}\n", "format: '~' is YAML's null", "YUYV"),
        (
            "streams:\n  d: {source: a, outputs: [{csv: off}]}\n",
            "outputs.1.csv: 'off' is not a file's path", "path"
        ),
        ("streams:\n  d: {source: a, outputs: [{csv: a, rotate: 0100MB}]}\n", "rotate: '0100MB' is not", "100MB"),
        ("streams: ~\n", ":1: streams: '~' is YAML's null", "a table"),
        ("streams:\n  d: {source: a, outputs: ~}\n", "outputs: '~' is YAML's null", "a list"),
        ("models: ~\n", ":1: models: '~' is YAML's null", "a folder"),
        ("models: no\n", "models: 'no' is not a folder", "folder"),
        ("http: {token: ~}\n", "http.token: '~' is YAML's null", "16"),
        ("http: {listen: '127.0.0.1:+80'}\n", "http.listen: '127.0.0.1:+80' is not", "127.0.0.1:8068"),
        ("a: &a [b]\nc: *a\n", ":1: an anchor", "value"),
        ("http: {listen: '0.0.0.0:8068'}\n", "other machines can reach 0.0.0.0:8068", "LANDMARKD_HTTP_TOKEN"),
        ("http: {listen: 'box.example:80'}\n", "other machines can reach box.example:80", "LANDMARKD_HTTP_TOKEN"),
        (
            "streams:\n  a: {source: a, outputs: [{csv: x}]}\n  b: {source: a, outputs: [{jsonl: x}]}\n",
            "streams.b.outputs: 'x' is written by an output of 'a' already", "{stream}"
        ),
    ]) func whatIsWrongIsSaid(text: String, cause: String, remedy: String) throws {
        let fault = #expect(throws: LandmarkdError.self) { try read(text) }
        #expect(fault?.exitCode == .wrongSettings)
        #expect(fault?.cause.hasPrefix(folder.path("s.yaml")) == true)
        #expect(fault?.cause.contains(cause) == true, "\(fault?.cause ?? "")")
        #expect(fault?.remedy?.contains(remedy) == true, "\(fault?.remedy ?? "")")
        #expect(fault?.cause.contains("\n") == false)
    }

    @Test(arguments: [
        "http: {token: sword fish}\n", "streams: {a: 'rtsp://anna:sword fish@cam/1'}\n",
        "streams:\n  a: {source: \"rtsp://anna:sword fish@cam/1}\n", "a: [rtsp://anna:sword fish@cam, }\n",
        "streams: {a: {source: 'rtsp://anna:sword fish@cam/1', faces: 99}}\n",
        "streams: {a: {source: x, rate: 'rtsp://anna:sword fish@cam/1'}}\n",
    ]) func whatIsWrongIsSaidWithoutSecrets(text: String) throws {
        let fault = #expect(throws: LandmarkdError.self) { try read(text) }
        #expect(fault?.description.contains("fish") == false, "\(fault?.description ?? "")")
    }

    @Test func aMissingFileIsSaid() {
        let fault = #expect(throws: LandmarkdError.self) { try SettingsSource(file: folder.path("none.yaml")).read() }
        #expect(fault?.exitCode == .noInput)
    }

    @Test func variablesOverrideTheFileAndFlagsOverrideThem() throws {
        try writeFile(folder.path("s.yaml"), Array("http: {listen: '127.0.0.1:1', preview: true}\n".utf8))
        let variables = SettingsSource.overrides(environment: [
            "LANDMARKD_HTTP_LISTEN": "127.0.0.1:2", "LANDMARKD_HTTP_PREVIEW": "off", "LANDMARKD_LOG_LEVEL": "debug",
            "LANDMARKD_HTTP_TOKEN": "", "LANDMARKD_MODELS": "/m",
        ])
        let flag = SettingsSource.Override(key: "http.listen", value: "127.0.0.1:3", origin: "--listen")
        let settings = try SettingsSource(file: folder.path("s.yaml"), overrides: variables + [flag]).read()
        #expect(settings.http.port == 3 && !settings.http.preview && settings.http.token == nil)
        #expect(settings.logLevel == .debug && settings.models == "/m")
        let wrong = SettingsSource.overrides(environment: ["LANDMARKD_LOG_LEVEL": "loud"])
        let fault = #expect(throws: LandmarkdError.self) { try SettingsSource(file: nil, overrides: wrong).read() }
        #expect(fault?.cause == "LANDMARKD_LOG_LEVEL: log.level: 'loud' is not one of debug, info, warning, error")
    }

    @Test func oneCameraTakesThePlaceOfAllStreams() throws {
        try writeFile(
            folder.path("s.yaml"),
            Array("defaults: {faces: 2}\nstreams:\n  video1: {source: x, faces: 3}\n  other: {source: y}\n".utf8))
        var source = SettingsSource(file: folder.path("s.yaml"), camera: ("video1", "/dev/video1"))
        #expect(try source.read().streams.map(\.source) == ["/dev/video1"])
        #expect(try source.read().streams.map(\.faces) == [3])
        source.camera = ("video7", "/dev/video7")
        #expect(try source.read().streams.map(\.faces) == [2])
        source.camera = ("../x", "/dev/video7")
        #expect(throws: LandmarkdError.self) { try source.read() }
    }

    @Test(arguments: [
        ("/dev/video0", "video0"), ("/dev/v4l/by-id/usb-Acme_C1-video-index0", "usb-Acme_C1-video-index0"),
        ("/dev/v4l/by-path/pci-0:1.0", "pci-0-1.0"), ("HD Webcam", "HD-Webcam"), ("/", "camera"),
        ("rtsp://me:secret@hall/live?token=secret", "live"), ("rtsp://me:secret@hall", "hall"),
    ]) func streamsAreNamedAfterTheirSource(source: String, name: String) {
        #expect(StreamSettings.name(fromSource: source) == name)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true), ("0.0.0.0", false), ("::", false),
        ("127.0.0.1.example.org", false), ("10.0.0.1", false), ("127.0.0", false),
    ]) func loopbackIsKnown(host: String, isLoopback: Bool) {
        var settings = HTTPSettings()
        settings.host = host
        #expect(settings.isLoopback == isLoopback)
    }

    private func read(_ text: String) throws -> ServiceSettings {
        try writeFile(folder.path("s.yaml"), Array(text.utf8))
        return try SettingsSource(file: folder.path("s.yaml")).read()
    }
}
