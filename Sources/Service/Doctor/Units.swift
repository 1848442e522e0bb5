import Base
import Foundation

/// A unit as `systemctl show` tells of it.
struct UnitState: Equatable {
    var name = ""
    var load = ""
    var active = ""
    var sub = ""
    /// "enabled", "disabled" …; empty for one that is made of a template.
    var file = ""
    var result = ""
    var restarts = 0

    static let properties = ["Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "Result", "NRestarts"]

    /// From what `systemctl show --property=…` prints: `Key=value` lines, an empty line between units.
    static func list(_ text: String) -> [UnitState] {
        text.split(separator: "\n\n").map { paragraph in
            var unit = UnitState()
            for line in paragraph.split(separator: "\n") {
                guard let sign = line.firstIndex(of: "=") else { continue }
                let value = String(line[line.index(after: sign)...])
                switch line[..<sign] {
                case "Id": unit.name = value
                case "LoadState": unit.load = value
                case "ActiveState": unit.active = value
                case "SubState": unit.sub = value
                case "UnitFileState": unit.file = value
                case "Result": unit.result = value
                case "NRestarts": unit.restarts = Int(value) ?? 0
                default: break
                }
            }
            return unit
        }
    }
}

extension Doctor {
    func examineUnits(_ diagnosis: inout Diagnosis) {
        guard FileIdentity(path: "/run/systemd/system")?.isFolder == true else {
            return diagnosis.ok("unit", "systemd does not run here: start 'landmarkd serve' yourself")
        }
        // The template's instances that are loaded, failed ones among them.
        let arguments = ["show", "--property=" + UnitState.properties.joined(separator: ",")]
        guard let text = output(of: "systemctl", arguments + ["landmarkd.service", "landmarkd@*.service"]) else {
            return diagnosis.warn("unit", "systemctl could not be asked", remedy: "check that it is installed")
        }
        Self.judge(UnitState.list(text), &diagnosis)
    }

    /// What the units' states mean.
    static func judge(_ units: [UnitState], _ diagnosis: inout Diagnosis) {
        for unit in units where !unit.name.isEmpty {
            if unit.load == "not-found" {
                diagnosis.ok("unit", "\(unit.name) is not installed")
            } else if unit.active == "failed" || unit.sub == "auto-restart" {
                diagnosis.fault(
                    "unit",
                    LandmarkdError(
                        .unavailable, "\(unit.name) fails: \(unit.result), started again \(unit.restarts) times",
                        remedy: "see why: journalctl --unit \(unit.name) --lines 20"))
            } else if unit.active == "inactive", unit.file == "enabled" {
                diagnosis.warn(
                    "unit", "\(unit.name) is enabled, but does not run", remedy: "systemctl start \(unit.name)")
            } else if unit.restarts > 0 {
                diagnosis.warn(
                    "unit", "\(unit.name) is \(unit.active), and was started again \(unit.restarts) times",
                    remedy: "see why: journalctl --unit \(unit.name)")
            } else {
                let file = unit.file.isEmpty ? "" : ", \(unit.file)"
                diagnosis.ok("unit", "\(unit.name) is \(unit.active)\(file)")
            }
        }
        let running = units.filter { $0.active == "active" }.map(\.name)
        if running.count > 1 {
            diagnosis.warn(
                "unit", "\(running.joined(separator: ", ")) run beside each other: they need a port each",
                remedy: "serve all cameras by landmarkd.service: 'cameras: auto' in its settings")
        }
    }

    /// Standard output of a program; nil where it cannot be run or fails.
    private func output(of program: String, _ arguments: [String]) -> String? {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return nil }
        let bytes = try? pipe.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: bytes ?? Data(), as: UTF8.self) : nil
    }
}
