import Base

/// Where camera nodes lie: `/dev`, or a folder that a test made.
package struct CameraFolder: Sendable {
    package let path: String

    package init(_ path: String = "/dev") { self.path = path }

    /// Nodes named `videoN`, by number.
    var nodes: [String] {
        let found = ((try? names(inFolder: path)) ?? []).filter(isVideoNode)
        return found.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map { "\(path)/\($0)" }
    }

    /// Names that stay when numbers change: the links in `v4l/by-id` or `v4l/by-path` that lead to a node.
    func stableNames(of node: String, kind: String) -> [String] {
        let folder = "\(path)/v4l/\(kind)"
        let links = ((try? names(inFolder: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
        guard let target = realPath(node) else { return [] }
        return links.map { "\(folder)/\($0)" }.filter { realPath($0) == target }
    }

    /// The node of a camera that is named by a path or by its card name: the whole name, else the only one that begins
    /// so in any case.
    ///
    /// Throws `unavailable` where no camera is called so, or several are.
    func node(of name: String, calls: CameraCalls) throws(LandmarkdError) -> String {
        if name.contains("/") { return name }
        var cards: [(node: String, card: String)] = []
        var unasked: [String] = []
        for node in nodes {
            do {
                let capabilities = try CameraDevice(node, calls: calls).capabilities()
                if capabilities.isCamera { cards.append((node, capabilities.card)) }
            } catch {
                unasked.append(error.cause)
            }
        }
        let exact = cards.filter { $0.card == name }
        let similar = cards.filter { $0.card.lowercased().hasPrefix(name.lowercased()) }
        let fitting = exact.isEmpty ? similar : exact
        if fitting.count == 1 { return fitting[0].node }
        throw fitting.isEmpty ? noSuchCamera(name, cards.map(\.card), unasked) : ambiguous(name, fitting.map(\.node))
    }

    private func noSuchCamera(_ name: String, _ cards: [String], _ unasked: [String]) -> LandmarkdError {
        let others = unasked.isEmpty ? "" : " (not asked: \(unasked.joined(separator: "; ")))"
        let remedy =
            cards.isEmpty
            ? "plug it in, or name the path of a video file or a camera"
            : "cameras here: " + cards.map { "'\($0)'" }.joined(separator: ", ")
        return LandmarkdError(.unavailable, "camera '\(name)': no camera of that name\(others)", remedy: remedy)
    }

    private func ambiguous(_ name: String, _ nodes: [String]) -> LandmarkdError {
        LandmarkdError(
            .unavailable, "camera '\(name)': fits several: \(nodes.joined(separator: ", "))",
            remedy: "name one of them by its path, best one in /dev/v4l/by-id or by-path, which stays")
    }
}
