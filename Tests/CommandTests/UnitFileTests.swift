import Foundation
import TestSupport
import Testing

/// The units, judged by systemd itself, as it is installed here.
@Suite(.enabled(if: hasProgram("systemd-analyze"), "needs systemd-analyze"))
struct UnitFileTests {
    static let units = ["landmarkd.service", "landmarkd@.service"]

    @Test(arguments: units) func systemdFindsNoFault(unit: String) throws {
        let folder = try TemporaryFolder()
        let text = try Self.text(unit).replacing("/usr/bin/landmarkd", with: builtProgram("landmarkd"))
        try text.write(toFile: folder.path(unit), atomically: true, encoding: .utf8)
        let result = try run("systemd-analyze", ["verify", "--man=no", folder.path(unit)])
        #expect(result.output + result.errors == "")
        #expect(result.status == 0)
    }

    @Test(arguments: units) func littleIsExposed(unit: String) throws {
        let result = try run(
            "systemd-analyze",
            ["security", "--offline=true", "--no-pager", "--threshold=20", "\(packageFolder)/systemd/\(unit)"])
        #expect(result.status == 0, "more than 2.0:\n\(result.output)\(result.errors)")
        #expect(result.output.contains("Overall exposure level for"), "it was judged")
    }

    /// What one service may not do, the other may not either.
    @Test func bothHaveTheSameSandbox() throws {
        let sandboxes = try Self.units.map { unit in
            let lines = try Self.text(unit).split(separator: "\n")
            return Set(lines.drop { !$0.hasPrefix("CapabilityBoundingSet=") }.prefix { !$0.hasPrefix("[") })
        }
        #expect(sandboxes[0] == sandboxes[1])
        #expect(sandboxes[0].contains("NoNewPrivileges=yes"))
    }

    private static func text(_ unit: String) throws -> String {
        try String(contentsOfFile: "\(packageFolder)/systemd/\(unit)", encoding: .utf8)
    }
}
