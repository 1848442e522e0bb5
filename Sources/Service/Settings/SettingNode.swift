import Base
import Yams

/// A value in the settings, and where it stands.
struct SettingNode {
    let node: Node
    /// Keys from the top: "streams.door.faces".
    let path: String
    /// The file; or the variable or flag that overrides it.
    let origin: String
    /// Whether line numbers say something.
    let isFile: Bool

    /// The value as it was written; nil for tables and lists.
    var text: String? { node.scalar?.string }

    func child(_ key: String, _ node: Node) -> SettingNode {
        SettingNode(node: node, path: path.isEmpty ? key : "\(path).\(key)", origin: origin, isFile: isFile)
    }

    /// `.wrongSettings` with the file, the line and the key's path.
    func fault(_ cause: String, remedy: String?) -> LandmarkdError {
        let line = isFile ? node.mark.map { ":\($0.line)" } ?? "" : ""
        let key = path.isEmpty ? "" : "\(path): "
        return LandmarkdError(.wrongSettings, "\(origin)\(line): \(key)\(cause)", remedy: remedy)
    }

    /// The value is not what it must be.
    func unsuitable(_ wanted: String) -> LandmarkdError {
        let found =
            switch node {
            case .mapping: "a table"
            case .sequence: "a list"
            default: text.map { "'\($0.withoutCredentials)'" } ?? "something else"
            }
        return fault("\(found) is not \(wanted)", remedy: "give \(wanted)")
    }
}
