import ArgumentParser
import Base
import Capture
import Foundation
import Service

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what keeps landmarkd serve from working on this machine.",
        discussion: """
            Looks at the settings, the models, the processor, cameras and who holds them, rights, the HTTP port, the disks of the \
            outputs, and systemd's units. Changes nothing, and contacts no other machine. The exit code is that of the first fault: 78 \
            wrong settings, 66 missing model, 69 missing camera, taken port or failed unit, 75 busy camera, 77 no permission, 73 full \
            disk; warnings leave it at 0.
            """)

    @Option(
        help: ArgumentHelp(
            "Settings file. (default: \(Serve.defaultFile), where it exists)", valueName: "file"))
    var config: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Folder of the nodes.", visibility: .hidden))
    var folder = "/dev"

    func run() throws {
        let file = config ?? (access(Serve.defaultFile, F_OK) == 0 ? Serve.defaultFile : nil)
        let overrides = SettingsSource.overrides(environment: ProcessInfo.processInfo.environment)
        let diagnosis = Doctor(SettingsSource(file: file, overrides: overrides), devices: CameraFolder(folder))
            .examine()
        print(json ? diagnosis.json.text : diagnosis.text)
        if let code = diagnosis.exitCode { throw ArgumentParser.ExitCode(code.rawValue) }
    }
}
