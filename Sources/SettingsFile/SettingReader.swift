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

    /// Applies the keys of `table`; an empty value is an empty table.
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

/// Reader of a setting's value. Throws `.wrongSettings` where the value is invalid.
package struct SettingReader<Value>: Sendable {
    /// What a value must be, for messages and help: "a number from 0 to 1".
    package let wanted: String
    package let read: @Sendable (SettingNode) throws(LandmarkdError) -> Value

    package init(_ wanted: String, read: @escaping @Sendable (SettingNode) throws(LandmarkdError) -> Value) {
        (self.wanted, self.read) = (wanted, read)
    }

    /// A value that is written as one word; `wanted` names what it must be: "a size such as 1280x720".
    package init(
        _ wanted: String, reason: String? = nil, _ parse: @escaping @Sendable (SettingNode, String) -> Value?
    ) {
        self.wanted = wanted
        read = { (node) throws(LandmarkdError) in
            guard let text = node.text, !node.isNull, !node.isLeftOut, let value = parse(node, text) else {
                throw node.unsuitable(wanted, because: node.text == nil ? nil : reason)
            }
            return value
        }
    }
}

/// Explanation for numbers in a form that is not accepted.
private let numberForm = "numbers are decimal digits such as 12 or 0.5, without leading zeros, '_', ':' or '0x'"

extension SettingReader where Value == Int {
    package static func integer(_ range: ClosedRange<Int>) -> Self {
        inRange("a whole number from \(range.lowerBound) to \(range.upperBound)", range, wholeNumber)
    }
}

extension SettingReader where Value == Double {
    /// `unit`: "seconds", "frames a second"; nil for a number without one.
    package static func number(_ range: ClosedRange<Double>, _ unit: String? = nil) -> Self {
        let bounds = "from \(plain(range.lowerBound)) to \(plain(range.upperBound))"
        return inRange("a number \(unit.map { "of \($0) " } ?? "")\(bounds)", range, decimalNumber)
    }

    private static func plain(_ number: Double) -> String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension SettingReader where Value: Comparable & Sendable {
    /// A number in the range; where its form is the fault, that is said.
    fileprivate static func inRange(
        _ wanted: String, _ range: ClosedRange<Value>, _ parse: @escaping @Sendable (String) -> Value?
    ) -> Self {
        Self(wanted) { (node) throws(LandmarkdError) in
            let value = node.text.flatMap(parse)
            let hasDigits = node.text?.utf8.contains { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false
            let reader = Self(wanted, reason: value == nil && hasDigits ? numberForm : nil) { _, _ in
                value.flatMap { range.contains($0) ? $0 : nil }
            }
            return try reader.read(node)
        }
    }
}

extension SettingReader where Value == Bool {
    /// true, false, and YAML's on, off, yes, no.
    package static var flag: Self { Self("true or false") { node, _ in node.flag } }
}

extension SettingReader where Value == String {
    /// Any text but what YAML reads as true or false: a file called off is written in quotes.
    package static func text(_ wanted: String, where isSuitable: @escaping @Sendable (String) -> Bool = { _ in true })
        -> Self
    {
        Self(wanted) { (node) throws(LandmarkdError) in
            let isWord = node.isPlain && node.flag != nil
            let reason =
                isWord ? "it is YAML's word for \(node.flag == true ? "true" : "false"), put a name into quotes" : nil
            let reader = Self(wanted, reason: reason) { _, text in
                text.isEmpty || isWord || !isSuitable(text) ? nil : text
            }
            return try reader.read(node)
        }
    }

    /// One of some words, with a suggestion where it is near one.
    package static func choice(_ names: [String]) -> Self {
        let wanted = "one of \(names.joined(separator: ", "))"
        return Self(wanted) { (node) throws(LandmarkdError) in
            let reader = Self(wanted) { _, text in names.contains(text) ? text : nil }
            do throws(LandmarkdError) {
                return try reader.read(node)
            } catch {
                guard let nearest = node.text.flatMap({ closestName(to: $0, among: names) }) else { throw error }
                throw LandmarkdError(error.exitCode, error.cause, remedy: "did you mean '\(nearest)'?")
            }
        }
    }
}

extension SettingReader where Value == [String] {
    /// A list of words; `wanted` names it: "a list of names".
    package static func texts(_ wanted: String) -> Self {
        Self(wanted) { (node) throws(LandmarkdError) in
            var texts: [String] = []
            for element in try node.elements(wanted) {
                texts.append(try SettingReader<String>.text("a name").read(element))
            }
            return texts
        }
    }
}
