import Base
import Capture

/// Which of the cameras that come and go have a stream, and what it is called. A value without side effects.
struct CameraRoster {
    /// Seconds that the stream of a camera that has gone waits for its return.
    static let patience = 10.0

    struct Entry: Equatable {
        /// The stream's.
        var name: String
        var node: CameraNode
        /// When the camera was last there.
        var lastTime: Double
    }

    private(set) var entries: [Entry] = []
    /// Nodes without a stream of the last update.
    private var waiting: [CameraNode] = []

    /// Takes over which nodes are there. `taken`: names that other streams have. `isCamera` is asked about each new node, once it has been
    /// there for a while: names and rights follow a moment after the node. Returns whether any stream is to be added, changed or removed.
    mutating func update(
        _ present: [CameraNode], taken: Set<String>, now: Double, isCamera: (CameraNode) -> Bool
    ) -> Bool {
        let before = entries.map { "\($0.name) \($0.node.path)" }
        for index in entries.indices where present.contains(where: { $0.isSame(as: entries[index].node) }) {
            entries[index].lastTime = now
        }
        let new = present.filter { node in !entries.contains { $0.node.isSame(as: node) } }
        for node in new where node.isNamedByDevice || waiting.contains(where: { $0.isSame(as: node) }) {
            if isCamera(node) { add(node, taken: taken, now: now) }
        }
        waiting = new
        entries.removeAll { now - $0.lastTime > Self.patience || taken.contains($0.name) }
        return entries.map { "\($0.name) \($0.node.path)" } != before
    }

    private mutating func add(_ node: CameraNode, taken: Set<String>, now: Double) {
        let names = (node.stableNames + [node.path.fileName]).map(StreamSettings.name(of:))
        // A name whose camera has gone is free: that is the same camera, back again.
        func isFree(_ name: String) -> Bool {
            !taken.contains(name) && !entries.contains { $0.name == name && $0.lastTime == now }
        }
        let numbered = (2...99).lazy.map { "\(names[names.count - 1].prefix(60))-\($0)" }
        guard let name = names.first(where: isFree) ?? numbered.first(where: isFree) else { return }
        entries.removeAll { $0.name == name }
        entries.append(Entry(name: name, node: node, lastTime: now))
    }

    /// All streams end: the cameras are served otherwise.
    mutating func removeAll() { (entries, waiting) = ([], []) }
}

extension CameraNode {
    /// Whether it is the same device node, whatever links lead to it by now.
    fileprivate func isSame(as other: CameraNode) -> Bool { path == other.path && identity == other.identity }
}

extension StreamSettings {
    /// A name that a stream may have, made of a device's; of a long one the end, which holds the serial number.
    static func name(of device: String) -> String {
        let plain = device.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
        let name = String(plain.suffix(64).drop { !$0.isLetter && !$0.isNumber })
        return isName(name) ? name : "camera"
    }
}
