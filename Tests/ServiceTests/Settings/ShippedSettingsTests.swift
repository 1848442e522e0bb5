import TestSupport
import Testing
import Yams

@testable import Base
@testable import Service

/// `systemd/landmarkd.yaml` is the manual of the settings: it must say what the code does.
@Suite struct ShippedSettingsTests {
    let path = "\(packageFolder)/systemd/landmarkd.yaml"

    @Test func itIsValidAndSetsTheDefaults() throws {
        #expect(try SettingsSource(file: path).read() == ServiceSettings())
    }

    @Test func whatItLeavesOutIsAtTheDefaultsToo() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("s.yaml"), Array(try uncommented().utf8))
        var settings = try SettingsSource(file: folder.path("s.yaml")).read()
        #expect(settings.streams.map(\.name) == ["door"])
        var door = settings.streams[0]
        #expect(door.source == "/dev/video0" && door.outputs.map(\.description).count == 8)
        #expect(door.outputs[0].rotation == .day && door.outputs[0].keep == Retention("30d,20GB"))
        #expect(door.outputs.contains { $0.place == .mqtt(MQTTSettings(host: "127.0.0.1")) })
        (door.name, door.source, door.outputs) = ("", "", [])
        #expect(door == StreamSettings())
        settings.streams = []
        #expect(settings == ServiceSettings())
    }

    @Test func everyKeyIsThere() throws {
        let root = try #require(try compose(yaml: uncommented()))
        func keys(_ path: [String]) -> Set<String> {
            let node = path.reduce(Optional(root)) { node, key in node?[key] }
            return Set(node?.mapping?.compactMap { $0.key.scalar?.string } ?? [])
        }
        #expect(keys(["streams", "door"]) == Set(StreamSettings.keys.map(\.name)))
        let outputs = root["streams"]?["door"]?["outputs"]?.sequence ?? []
        let told = outputs.flatMap { $0.mapping?.compactMap { $0.key.scalar?.string } ?? [] }
        #expect(Set(told) == OutputSettings.keyNames)
        let mqtt = outputs.compactMap { $0["mqtt"]?.mapping }.first?.compactMap { $0.key.scalar?.string } ?? []
        #expect(Set(mqtt) == Set(MQTTSettings.keys.map(\.name)))
        #expect(keys(["defaults"]) == Set(StreamSettings.commonKeys.map(\.name)))
        #expect(keys(["http"]) == Set(HTTPSettings.keys.map(\.name)))
        #expect(keys([]) == ["streams", "cameras", "defaults", "http", "log", "models", "model"])
        for name in SettingsSource.variables {
            #expect(try text().contains("LANDMARKD_" + name.uppercased().replacing(".", with: "_")), "\(name)")
        }
    }

    private func text() throws -> String { String(decoding: try readFile(path, atMost: 1 << 16), as: UTF8.self) }

    /// With the settings that are left out: lines that begin with one #.
    private func uncommented() throws -> String {
        let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { $0.hasPrefix("#") && !$0.hasPrefix("##") ? String($0.dropFirst()) : String($0) }
            .joined(separator: "\n")
    }
}
