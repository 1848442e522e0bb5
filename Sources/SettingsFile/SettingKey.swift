import Base
import Yams

/// A key that a table may have, and where its value goes.
package struct SettingKey<Target>: Sendable {
    package let name: String
    private let apply: @Sendable (inout Target, SettingNode) throws(LandmarkdError) -> Void

    /// `apply` takes the value over; it throws `.wrongSettings` where it cannot.
    package init(
        _ name: String, apply: @escaping @Sendable (inout Target, SettingNode) throws(LandmarkdError) -> Void
    ) {
        (self.name, self.apply) = (name, apply)
    }

    package init<Value>(
        _ name: String, _ reader: SettingReader<Value>, _ place: WritableKeyPath<Target, Value> & Sendable
    ) {
        self.init(name) { (target, node) throws(LandmarkdError) in target[keyPath: place] = try reader.read(node) }
    }

    /// A value, or `auto` for nil: landmarkd decides.
    package init<Value>(
        _ name: String, orAuto reader: SettingReader<Value>, _ place: WritableKeyPath<Target, Value?> & Sendable
    ) {
        self.init(name) { (target, node) throws(LandmarkdError) in
            target[keyPath: place] = node.text == "auto" ? nil : try reader.read(node)
        }
    }

    /// A table inside the table, whose keys not given stay as they are.
    package init<Value>(
        _ name: String, table keys: [SettingKey<Value>], _ place: WritableKeyPath<Target, Value> & Sendable
    ) {
        self.init(name) { (target, node) throws(LandmarkdError) in
            try SettingKey<Value>.read(node, keys, into: &target[keyPath: place])
        }
    }

    /// Takes over what the table at `table` sets; an empty value is an empty table.
    ///
    /// Throws `.wrongSettings` for keys that are not known, with the nearest one, and for values that a key cannot have.
    package static func read(
        _ table: SettingNode, _ keys: [SettingKey<Target>], into target: inout Target
    ) throws(LandmarkdError) {
        for entry in try table.entries() {
            guard let key = keys.first(where: { $0.name == entry.key }) else {
                let names = keys.map(\.name)
                let nearest = closestName(to: entry.key, among: names)
                throw entry.value.fault(
                    "unknown key",
                    remedy: nearest.map { "did you mean '\($0)'?" }
                        ?? "the keys here are \(names.joined(separator: ", "))")
            }
            try key.apply(&target, entry.value)
        }
    }
}
