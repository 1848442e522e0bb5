import ArgumentParser
import Base
import TestSupport
import Testing

@testable import landmarkd

/// Help is what users read: each change of it shows here. `LANDMARKD_WRITE_HELP=1 swift test --filter HelpTests`
/// writes the texts again.
@Suite struct HelpTests {
    static let commands: [(name: String, type: any ParsableCommand.Type)] = [
        ("landmarkd", Landmarkd.self), ("demo", Demo.self), ("track", Track.self), ("columns", Columns.self),
        ("plot", Plot.self),
        ("serve", Serve.self),
        ("devices", Devices.self), ("doctor", DoctorCommand.self),
        ("train", Train.self),
        ("evaluate", Evaluate.self), ("jitter", Jitter.self), ("augment", Augment.self), ("bench", Bench.self),
        ("study", Study.self),
    ]

    @Test(arguments: commands.map(\.name)) func helpIsAsRecorded(name: String) throws {
        let command = try #require(Self.commands.first { $0.name == name })
        let text = Landmarkd.helpMessage(for: command.type, columns: 100)
        let path = testFile("CommandTests/Help/\(name).txt")
        if environment("LANDMARKD_WRITE_HELP") != nil { try writeFile(path, Array((text + "\n").utf8)) }
        let recorded = String(decoding: try readFile(path, atMost: 1 << 16), as: UTF8.self)
        #expect(text + "\n" == recorded)
    }

    @Test func everyVisibleCommandIsRecorded() {
        let visible = Landmarkd.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        #expect(visible.map { $0._commandName } == Self.commands.dropFirst().map { $0.name })
    }
}
