import ArgumentParser
import Base
import Foundation
import Service

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Track faces in live streams until stopped.",
        discussion: """
            Every setting is described in landmarkd.yaml, which comes with landmarkd. Flags override the environment variables \
            LANDMARKD_HTTP_LISTEN, LANDMARKD_HTTP_TOKEN, LANDMARKD_HTTP_PREVIEW, LANDMARKD_LOG_LEVEL and LANDMARKD_MODELS, which \
            override the file. SIGHUP reloads the settings; SIGTERM and SIGINT stop the program.
            """)

    @Option(
        help: ArgumentHelp("Settings file. (default: none with --source, otherwise \(defaultFile))", valueName: "file"))
    var config: String?

    @Flag(help: "Check the settings, print a summary and warn about likely mistakes; opens no source.")
    var check = false

    @Option(
        help: ArgumentHelp(
            """
            Serve only this camera, file or address instead of the configured streams, with the settings of the stream called \
            --name, otherwise 'defaults'.
            """,
            valueName: "source"))
    var source: String?

    @Option(help: "Name of the stream of --source. (default: the last part of the source)")
    var name: String?

    @Option(
        help: ArgumentHelp("Address and port for HTTP, or off; as http.listen.", valueName: "address"))
    var listen: String?

    @Option(
        help: ArgumentHelp("Your own landmark model; as the key 'model'.", valueName: "file"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Lowest level of messages to log: debug, info, warning or error; as log.level.", valueName: "level"))
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
