import Base
import Capture
import FaceTracking
import Foundation
import Logging
import ServiceLifecycle

/// `landmarkd serve`: runs streams, HTTP and the service manager's protocol until a signal ends it.
package struct Daemon: Sendable {
    private let source: SettingsSource

    package init(_ source: SettingsSource) { self.source = source }

    /// Reads and checks the settings; opens no source. Returns a summary of a few lines and likely mistakes.
    ///
    /// Throws `.wrongSettings` for what is wrong in them, `.noInput` where the file or a model is missing.
    package func check() throws(LandmarkdError) -> (summary: String, warnings: [SettingsWarning]) {
        let settings = try source.read()
        var sources: [String] = []
        for stream in settings.streams { sources.append(try sourceOpener(of: stream).name) }
        if let model = settings.model { _ = try CascadeModel(path: model) }
        _ = try ModelFiles(folder: settings.models, model: settings.model)
        return (settings.summary(sources: sources), try settings.warnings())
    }

    /// Serves until SIGTERM or SIGINT; SIGHUP reloads the settings, SIGUSR1 recentres poses. Throws as `check` does, and where the HTTP server cannot start.
    package func run() async throws {
        signal(SIGPIPE, SIG_IGN)  // the reader of our standard output may close it
        for early in [SIGHUP, SIGUSR1] { signal(early, SIG_IGN) }  // until they can be handled
        let settings = try source.read()
        let log = ServiceLog()
        log.set(settings.logLevel)
        let logger = log.logger()
        let metrics = MetricsRegistry()
        let models = try ModelFiles(folder: settings.models, model: settings.model)
        let dependencies = try StreamDependencies.cascade(models: models, metrics: metrics, log: logger)
        let supervisor = StreamSupervisor(dependencies: dependencies, log: logger)
        let manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
        let http =
            settings.http.isOn
            ? HTTPService(settings.http, streams: supervisor.directory, metrics: metrics, logger: logger) : nil
        if settings.streams.isEmpty, !settings.adoptsCameras {
            logger.notice("no stream is set: add one under 'streams' and reload")
        }
        let cameras = CameraAdoption(supervisor, log: logger)
        try cameras.apply(settings)
        let reload = SettingsReload(source, settings, cameras, http, manager, log)
        let report = ServiceReport(manager: manager, supervisor: supervisor, log: logger)
        // Ended in reverse order: streams before HTTP, so that readers of their events are released.
        var configuration = ServiceGroupConfiguration(
            services: (http.map { [$0] } ?? []) + [
                supervisor, cameras, reload, RecentreSignal(supervisor.directory, logger), report,
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: log.logger(least: .error))
        configuration.maximumGracefulShutdownDuration = .milliseconds(1700)
        try await ServiceGroup(configuration: configuration).run()
        logger.notice("ended")
    }
}

/// The opener of a stream's source. Throws `.wrongSettings`, with the key, where there is none.
func sourceOpener(of stream: StreamSettings) throws(LandmarkdError) -> any LiveSourceOpener {
    do throws(LandmarkdError) {
        return try sourceOpener(stream.source, camera: stream.camera, loop: stream.loop)
    } catch {
        throw LandmarkdError(error.exitCode, "streams.\(stream.name): \(error.cause)", remedy: error.remedy)
    }
}
