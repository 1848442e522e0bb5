import ArgumentParser
import Base
import Foundation
import Service

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow faces in live streams until told to stop.",
        discussion: """
            Every key of the settings is described in landmarkd.yaml, which comes with landmarkd. Flags override variables, which \
            override the file: LANDMARKD_HTTP_LISTEN, LANDMARKD_HTTP_TOKEN, LANDMARKD_HTTP_PREVIEW, LANDMARKD_LOG_LEVEL and \
            LANDMARKD_MODELS. SIGHUP reloads the settings; SIGTERM and SIGINT end the program.
            """)

    @Option(help: ArgumentHelp("Settings. (default: none with --source, else \(defaultFile))", valueName: "file"))
    var config: String?

    @Flag(help: "Read and check the settings, open nothing, tell what they say, and warn of likely mistakes.")
    var check = false

    @Option(
        help: ArgumentHelp(
            "Serve this one camera, file or address in place of all streams of the settings, with the keys of the stream called --name, else of 'defaults'.",
            valueName: "source"))
    var source: String?

    @Option(help: "Name of the stream of --source. (default: as the last part of the source)")
    var name: String?

    @Option(
        help: ArgumentHelp("Where HTTP answers, as http.listen: an address and port, or off.", valueName: "address"))
    var listen: String?

    @Option(
        help: ArgumentHelp("Model of your own that finds the landmarks, as the key 'model'.", valueName: "file"))
    var model: String?

    @Option(help: ArgumentHelp("What is told, as log.level: debug, info, warning or error.", valueName: "level"))
    var logLevel: String?

    static let defaultFile = "/etc/landmarkd/landmarkd.yaml"

    func validate() throws {
        if source == nil, name != nil { throw ValidationError("--name goes with --source.") }
    }

    func run() async throws {
        let flags = [
            ("http.listen", listen, "--listen"), ("log.level", logLevel, "--log-level"), ("model", model, "--model"),
        ]
        let overrides =
            SettingsSource.overrides(environment: ProcessInfo.processInfo.environment)
            + flags.compactMap { key, value, flag in value.map { .init(key: key, value: $0, origin: flag) } }
        try requireSettings()
        let daemon = Daemon(
            SettingsSource(
                file: config ?? (source == nil ? Self.defaultFile : nil), overrides: overrides,
                camera: source.map { (name ?? StreamSettings.name(fromSource: $0), $0) }))
        if check { try tell(daemon.check()) } else { try await daemon.run() }
    }

    /// Without any argument there may be nothing to serve.
    private func requireSettings() throws(LandmarkdError) {
        guard config == nil, source == nil, access(Self.defaultFile, F_OK) != 0 else { return }
        throw LandmarkdError(
            .noInput, "\(Self.defaultFile): opening: \(systemFault())",
            remedy: "serve one camera or file with --source /dev/video0, or name your settings with --config FILE")
    }

    private func tell(_ result: (summary: String, warnings: [SettingsWarning])) throws(LandmarkdError) {
        print(result.summary)
        let warnings = result.warnings.map { "landmarkd: warning: \($0)\n" }.joined()
        try writeAll(Array(warnings.utf8), to: STDERR_FILENO, path: "standard error")
    }
}
