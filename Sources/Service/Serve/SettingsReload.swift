import Base
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Reloads the settings at SIGHUP. A file that is broken changes nothing.
final class SettingsReload: Service {
    private let source: SettingsSource
    private let cameras: CameraAdoption
    private let http: HTTPService?
    private let manager: ServiceManager
    private let serviceLog: ServiceLog
    private let log: Logger
    /// As they are in force.
    private let settings: Mutex<ServiceSettings>

    init(
        _ source: SettingsSource, _ first: ServiceSettings, _ cameras: CameraAdoption, _ http: HTTPService?,
        _ manager: ServiceManager, _ serviceLog: ServiceLog
    ) {
        (self.source, self.cameras, self.http, self.manager) = (source, cameras, http, manager)
        (self.serviceLog, log) = (serviceLog, serviceLog.logger())
        settings = Mutex(first)
    }

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            manager.tell("RELOADING=1", "MONOTONIC_USEC=\(Int(monotonicSeconds() * 1e6))")
            await onThread { self.reload() }
            manager.tell("READY=1")
        }
    }

    /// Blocks until all streams match the file.
    func reload() {
        do throws(LandmarkdError) {
            let wanted = try source.read()
            let changes = try cameras.apply(wanted)
            serviceLog.set(wanted.logLevel)
            if let http { (http.settings.token, http.settings.preview) = (wanted.http.token, wanted.http.preview) }
            log.notice("settings were reloaded: \(changes)")
            let before = settings.withLock { settings in
                defer { settings = wanted }
                return settings
            }
            tellFixed(before, wanted)
        } catch {
            log.error("settings stay as they were: \(error.cause)\(error.remedy.map { " (\($0))" } ?? "")")
        }
    }

    private func tellFixed(_ before: ServiceSettings, _ wanted: ServiceSettings) {
        if before.http.address != wanted.http.address { log.warning("http.listen changes when landmarkd is restarted") }
        if before.models != wanted.models { log.warning("models change when landmarkd is restarted") }
        if before.model != wanted.model { log.warning("model changes when landmarkd is restarted") }
    }
}

extension StreamSupervisor.Changes: CustomStringConvertible {
    /// "started: door; stopped: hall".
    package var description: String {
        let parts = [("started", started), ("restarted", restarted), ("stopped", stopped)]
        let changes = parts.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }
        return changes.isEmpty ? "no stream changed" : changes.joined(separator: "; ")
    }
}

/// Runs blocking work on its own thread, and awaits it without blocking the cooperative pool.
func onThread<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: Result(catching: body)) }.start()
    }
    return try result.get()
}
