import Base
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Runs the streams that the settings name, and changes them when the settings change. May be used by any thread.
package final class StreamSupervisor: Sendable {
    /// What `apply` did, by names.
    package struct Changes: Sendable, Equatable {
        package var started: [String] = []
        package var stopped: [String] = []
        package var restarted: [String] = []
    }

    package let directory = StreamDirectory()
    private let parts: StreamDependencies
    private let log: Logger

    private struct State {
        var streams: [String: LiveStream] = [:]
        var boards: [String: StreamState] = [:]
        var histories: [String: StreamHistory] = [:]
    }

    private let state = Mutex(State())
    /// Held while streams are changed, which takes a while; `state` never is.
    private let turn = Mutex(())

    package init(parts: StreamDependencies, log: Logger) { (self.parts, self.log) = (parts, log) }

    /// Starts, stops and restarts streams until they are as `wanted`; those set as before are not disturbed. Blocks up to 1 s.
    ///
    /// Throws, without having changed anything, where the settings name a source that cannot be.
    @discardableResult
    package func apply(_ wanted: [StreamSettings]) throws(LandmarkdError) -> Changes {
        for settings in wanted { _ = try parts.opener(settings) }
        return try turn.withLock { (_) throws(LandmarkdError) in
            let old = state.withLock { $0.streams.values.filter { !wanted.contains($0.settings) } }
                .sorted { $0.settings.name < $1.settings.name }
            stop(old, within: 0.7)
            var changes = Changes()
            for settings in wanted where running(settings.name)?.settings != settings {
                let before = running(settings.name)
                try start(settings)
                before?.forget()
                if before == nil {
                    changes.started.append(settings.name)
                } else {
                    changes.restarted.append(settings.name)
                }
            }
            let names = Set(wanted.map(\.name))
            for stream in old where !names.contains(stream.settings.name) {
                remove(stream)
                changes.stopped.append(stream.settings.name)
            }
            directory.set(state.withLock { Array($0.boards.values) })
            return changes
        }
    }

    private func running(_ name: String) -> LiveStream? { state.withLock { $0.streams[name] } }

    private func start(_ settings: StreamSettings) throws(LandmarkdError) {
        let name = settings.name
        let (board, history) = state.withLock { state in
            let board = state.boards[name] ?? StreamState(name: name)
            let history = state.histories[name] ?? StreamHistory()
            (state.boards[name], state.histories[name]) = (board, history)
            return (board, history)
        }
        let stream = try LiveStream(settings, board: board, history: history, parts: parts, log: log)
        state.withLock { $0.streams[name] = stream }
    }

    private func remove(_ stream: LiveStream) {
        let name = stream.settings.name
        stream.forget()
        state.withLock { state in
            state.streams[name] = nil
            return state.boards.removeValue(forKey: name)
        }?.close()
    }

    private func stop(_ streams: some Collection<LiveStream>, within seconds: Double) {
        for stream in streams { stream.stop() }
        let deadline = DispatchTime.now() + seconds
        for stream in streams where !stream.wait(until: deadline) {
            log.warning("\(stream.settings.name): a thread of it does not end, and is left behind")
        }
    }

    /// Ends all streams, their outputs flushed and closed, within 1.5 s also where a camera hangs. Blocks so long.
    package func stopAll() {
        turn.withLock { _ in
            let streams = state.withLock { state in
                defer { state.streams = [:] }
                return Array(state.streams.values)
            }
            stop(streams, within: 1.2)
            for board in directory.boards { board.close() }
        }
    }

    /// Sees to it that health tells of sources that hang.
    func checkPulses() {
        for stream in state.withLock({ Array($0.streams.values) }) { stream.checkPulse() }
    }

    /// Loops that should have been heard of; the watchdog is fed only while there are none.
    var overdue: [String] {
        state.withLock { $0.streams.values.flatMap(\.overdue) }
    }
}

extension StreamSupervisor: Service {
    /// Streams go on until the daemon is to end; then ends them.
    package func run() async {
        // Thrown when the time has come.
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(1))
                self.checkPulses()
            }
        }
        await onThread { self.stopAll() }
    }
}
