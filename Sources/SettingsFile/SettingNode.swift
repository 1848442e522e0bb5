import Base
import Yams

/// A value in a file of settings or a recipe, and where it stands.
package struct SettingNode {
    let node: Node
    /// Keys from the top: "streams.door.faces".
    package let path: String
    /// The file; or the variable or flag that overrides it.
    private let origin: String
    /// Whether line numbers say something.
    private let isFile: Bool

    init(node: Node, path: String = "", origin: String, isFile: Bool) {
        (self.node, self.path, self.origin, self.isFile) = (node, path, origin, isFile)
    }

    /// A value given outside the file; `key` is its path from the top, `origin` names it in messages.
    package init(overriding key: String, with value: String, origin: String) {
        // Quoted: a variable's text is taken as it is.
        let node = key.split(separator: ".").reversed().reduce(Node(value, .implicit, .doubleQuoted)) { node, key in
            Node([(Node(String(key)), node)])
        }
        self.init(node: node, origin: origin, isFile: false)
    }

    /// The value as it was written; nil for tables and lists.
    package var text: String? { node.scalar?.string }

    /// Whether the value is null, as YAML writes it; `isLeftOut` says whether the value is empty.
    package var isNull: Bool { isPlain && ["~", "null", "Null", "NULL"].contains(text) }

    /// Whether nothing stands after the key.
    package var isLeftOut: Bool { isPlain && text == "" }

    /// The value as true or false, in any of YAML's words for them; nil for others.
    package var flag: Bool? {
        switch text {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": false
        default: nil
        }
    }

    /// Written without quotes, so that YAML gives some words a meaning of their own.
    package var isPlain: Bool { node.scalar?.style == .plain }

    func child(_ key: String, _ node: Node) -> SettingNode {
        SettingNode(node: node, path: path.isEmpty ? key : "\(path).\(key)", origin: origin, isFile: isFile)
    }

    /// `.wrongSettings` with the file, the line and the key's path.
    package func fault(_ cause: String, remedy: String?) -> LandmarkdError {
        let line = isFile ? node.mark.map { ":\($0.line)" } ?? "" : ""
        let key = path.isEmpty ? "" : "\(path): "
        return LandmarkdError(.wrongSettings, "\(origin)\(line): \(key)\(cause)", remedy: remedy)
    }

    /// The value is not what it must be; `reason` says more where the form is a trap.
    package func unsuitable(_ wanted: String, because reason: String? = nil) -> LandmarkdError {
        if isNull {
            return fault("'\(text ?? "")' is YAML's null, not \(wanted)", remedy: "give \(wanted), or remove the line")
        }
        if isLeftOut { return fault("has no value", remedy: "give \(wanted), or remove the line") }
        let found =
            switch node {
            case .mapping: "a table"
            case .sequence: "a list"
            default: text.map { "'\(String($0.prefix(80)).withoutCredentials)'" } ?? "something else"
            }
        return fault("\(found) is not \(wanted)\(reason.map { ": \($0)" } ?? "")", remedy: "give \(wanted)")
    }
}

extension SettingNode {
    /// Keys and values of a table, in the order they were written; none where the value is left out.
    package func entries() throws(LandmarkdError) -> [(key: String, value: SettingNode)] {
        if isNull { throw unsuitable("a table of keys") }
        if isLeftOut || text == "" { return [] }
        guard let mapping = node.mapping else { throw unsuitable("a table of keys") }
        var entries: [(key: String, value: SettingNode)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string, !SettingNode(node: key, origin: origin, isFile: isFile).isNull else {
                throw child("?", key).fault("a key that is no word", remedy: "give it a name")
            }
            entries.append((name, child(name, value)))
        }
        return entries
    }

    /// The values of a list, counted from 1 in their paths; none where the list is left out. `wanted` names the list.
    package func elements(_ wanted: String) throws(LandmarkdError) -> [SettingNode] {
        if isNull { throw unsuitable(wanted) }
        if isLeftOut { return [] }
        guard let sequence = node.sequence else { throw unsuitable(wanted) }
        return sequence.enumerated().map { child("\($0 + 1)", $1) }
    }
}
