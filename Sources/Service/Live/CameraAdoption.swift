import Base
import Capture
import Logging
import ServiceLifecycle
import Synchronization

/// Applies the settings' streams and, with `cameras: auto`, a stream for each camera that comes, until it has gone. May be used by any thread.
final class CameraAdoption: Sendable {
    private let supervisor: StreamSupervisor
    private let folder: CameraFolder
    private let log: Logger

    private struct State {
        var settings = ServiceSettings()
        var roster = CameraRoster()
        /// Nodes by which the settings name their own cameras, and what they were found by.
        var own: Set<String> = []
        var lastPresent: [CameraNode]?
        /// Nodes that are no cameras.
        var others: Set<FileIdentity> = []
        /// Nodes that could not be asked, and when to try again.
        var troubled: [FileIdentity: Double] = [:]
    }

    /// Held while streams are changed, which takes a while.
    private let state = Mutex(State())

    init(_ supervisor: StreamSupervisor, folder: CameraFolder = CameraFolder(), log: Logger) {
        (self.supervisor, self.folder, self.log) = (supervisor, folder, log)
    }

    /// Makes the streams match new settings. Blocks. Throws as `StreamSupervisor.apply` does, without having changed anything.
    @discardableResult
    func apply(_ settings: ServiceSettings) throws(LandmarkdError) -> StreamSupervisor.Changes {
        try state.withLock { (state) throws(LandmarkdError) in
            var next = state
            next.settings = settings
            next.lastPresent = nil
            if settings.adoptsCameras { _ = update(&next, now: monotonicSeconds()) } else { next.roster.removeAll() }
            let changes = try supervisor.apply(streams(next))
            state = next
            return changes
        }
    }

    /// Looks which cameras are there, and starts and stops their streams. Blocks where there is anything to do. `now`: monotonic seconds.
    func scan(now: Double = monotonicSeconds()) {
        state.withLock { state in
            guard state.settings.adoptsCameras, update(&state, now: now) else { return }
            do throws(LandmarkdError) {
                let changes = try supervisor.apply(streams(state))
                log.notice("cameras: \(changes)")
            } catch {
                log.error("cameras: \(error.cause)\(error.remedy.map { " (\($0))" } ?? "")")
            }
        }
    }

    private func streams(_ state: State) -> [StreamSettings] {
        let adopted = state.roster.entries.map { entry in
            var stream = state.settings.defaults
            (stream.name, stream.source) = (entry.name, entry.node.path)
            stream.outputs = stream.outputs.map { $0.named(entry.name) }
            return stream
        }
        return (state.settings.streams + adopted).sorted { $0.name < $1.name }
    }

    private func update(_ state: inout State, now: Double) -> Bool {
        let present = folder.presentNodes
        if present != state.lastPresent {
            state.own = ownNodes(state.settings)
            let identities = Set(present.map(\.identity))
            state.others.formIntersection(identities)
            state.troubled = state.troubled.filter { identities.contains($0.key) }
            state.lastPresent = present
        }
        let candidates = present.filter { node in
            let real = try? folder.realNode(of: node.path)
            return !state.others.contains(node.identity) && !(real.map(state.own.contains) ?? false)
        }
        var (others, troubled) = (state.others, state.troubled)
        let changed = state.roster.update(
            candidates, taken: Set(state.settings.streams.map(\.name)), now: now
        ) { isCamera($0, &others, &troubled, now) }
        (state.others, state.troubled) = (others, troubled)
        return changed
    }

    /// Asks a node that has not been asked yet, or that could not be asked some seconds ago; a fault is logged once.
    private func isCamera(
        _ node: CameraNode, _ others: inout Set<FileIdentity>, _ troubled: inout [FileIdentity: Double], _ now: Double
    ) -> Bool {
        if let time = troubled[node.identity], now < time { return false }
        do throws(LandmarkdError) {
            let isCamera = try folder.isCamera(node)
            if !isCamera { others.insert(node.identity) }
            return isCamera
        } catch {
            if troubled[node.identity] == nil {
                log.warning("cameras: \(error.cause)\(error.remedy.map { " (\($0))" } ?? "")")
            }
            troubled[node.identity] = now + 10
            return false
        }
    }

    /// Nodes of the cameras that streams of the settings name.
    private func ownNodes(_ settings: ServiceSettings) -> Set<String> {
        var nodes: Set<String> = []
        for stream in settings.streams where (try? sourceOpener(of: stream))?.kind == .camera {
            if let node = try? folder.realNode(of: stream.source) { nodes.insert(node) }
        }
        return nodes
    }
}

extension CameraAdoption: Service {
    /// Looks once a second until the daemon stops.
    func run() async {
        // Thrown when the time has come.
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(1))
                await onThread { self.scan() }
            }
        }
    }
}
