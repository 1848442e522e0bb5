import Base
import Capture
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

    package let directory: StreamDirectory
    private let dependencies: StreamDependencies
    private let log: Logger

    private struct State {
        var streams: [String: LiveStream] = [:]
        var states: [String: StreamState] = [:]
        var histories: [String: StreamHistory] = [:]
        /// Abandoned streams whose threads hang, by name; each holds threads and memory.
        var leftBehind: [String: [LiveStream]] = [:]
    }

    /// Maximum number of abandoned streams of one name; no new one is started until one of them ends.
    private static let mostLeftBehind = 3

    private let state = Mutex(State())
    /// Held while streams are changed, which takes a while; `state` is never held for long.
    private let turn = Mutex(())

    package init(dependencies: StreamDependencies, log: Logger) {
        (self.dependencies, self.log) = (dependencies, log)
        directory = StreamDirectory(lines: dependencies.scheme.lines)
    }

    /// Starts, stops and restarts streams to match `wanted`; streams whose settings did not change are not disturbed. Blocks up to 1 s.
    ///
    /// Throws, without having changed anything, where the settings name an impossible source.
    @discardableResult
    package func apply(_ wanted: [StreamSettings]) throws(LandmarkdError) -> Changes {
        for settings in wanted { _ = try dependencies.opener(settings) }
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
            directory.set(state.withLock { Array($0.states.values) })
            return changes
        }
    }

    private func running(_ name: String) -> LiveStream? { state.withLock { $0.streams[name] } }

    private func start(_ settings: StreamSettings) throws(LandmarkdError) {
        let name = settings.name
        let (streamState, history) = state.withLock { state in
            let streamState = state.states[name] ?? StreamState(name: name)
            let history = state.histories[name] ?? StreamHistory()
            (state.states[name], state.histories[name]) = (streamState, history)
            return (streamState, history)
        }
        let stream = try LiveStream(
            settings, state: streamState, history: history, dependencies: dependencies, log: log)
        state.withLock { $0.streams[name] = stream }
    }

    private func remove(_ stream: LiveStream) {
        let name = stream.settings.name
        stream.forget()
        state.withLock { state in
            state.streams[name] = nil
            return state.states.removeValue(forKey: name)
        }?.close()
    }

    private func stop(_ streams: some Collection<LiveStream>, within seconds: Double) {
        for stream in streams { stream.stop() }
        let deadline = DispatchTime.now() + seconds
        for stream in streams where !stream.wait(until: deadline) {
            log.warning("\(stream.settings.name): one of its threads does not end and is abandoned")
        }
    }

    /// Ends all streams, flushing and closing their outputs, within 1.5 s even if a camera hangs. Blocks until then.
    package func stopAll() {
        turn.withLock { _ in
            let streams = state.withLock { state in
                defer { state.streams = [:] }
                return Array(state.streams.values)
            }
            stop(streams, within: 1.2)
            for state in directory.states { state.close() }
        }
    }

    /// Makes health report sources that hang.
    func checkPulses() {
        for stream in state.withLock({ Array($0.streams.values) }) { stream.checkPulse() }
    }

    /// Loops that are stuck for good when no other stream works: only a new process may help. While there are any, the watchdog is
    /// not fed. A stream that hangs beside working ones is no reason to end those.
    var hopeless: [String] {
        let streams = state.withLock { Array($0.streams.values) }
        return streams.allSatisfy(\.isAbandoned) ? streams.map { "capture of \($0.settings.name)" }.sorted() : []
    }
}

extension StreamSupervisor {
    /// Whether `replaceStuck` has anything to do.
    var hasStuck: Bool {
        state.withLock { $0.streams.values.contains { !$0.overdue.isEmpty || $0.isAbandoned } }
    }

    /// Restarts streams whose threads have missed their deadlines; the hanging threads are abandoned. Blocks.
    func replaceStuck() {
        turn.withLock { _ in
            for stream in state.withLock({ Array($0.streams.values) }) {
                let overdue = stream.overdue
                guard !overdue.isEmpty || stream.isAbandoned else { continue }
                if !overdue.isEmpty {
                    log.error("\(overdue.joined(separator: " and ")) is stuck and is abandoned")
                    stream.abandon()
                }
                replace(stream)
            }
        }
    }

    private func replace(_ stream: LiveStream) {
        let name = stream.settings.name
        let hanging = state.withLock { state in
            let known = state.leftBehind[name, default: []].filter { !$0.hasEnded && $0 !== stream }
            state.leftBehind[name] = known + (stream.hasEnded ? [] : [stream])
            return state.leftBehind[name, default: []].count
        }
        guard hanging <= Self.mostLeftBehind else {
            return stream.giveUp("hangs: \(hanging) of its threads were abandoned, and no new one is started")
        }
        do throws(LandmarkdError) {
            try start(stream.settings)
            stream.forget()
        } catch {
            stream.giveUp(error.cause)
        }
    }
}

extension StreamSupervisor: Service {
    /// Runs until the daemon stops, then ends the streams.
    package func run() async {
        // Thrown when the time has come.
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(1))
                self.checkPulses()
                if self.hasStuck { await onThread { self.replaceStuck() } }
            }
        }
        await onThread { self.stopAll() }
    }
}
