import Base
import Capture

/// How a value of the settings is read. Throws `.wrongSettings` where it is not one.
struct SettingReader<Value>: Sendable {
    let read: @Sendable (SettingNode) throws(LandmarkdError) -> Value

    init(_ read: @escaping @Sendable (SettingNode) throws(LandmarkdError) -> Value) { self.read = read }

    /// A value that is written as one word; `wanted` names what it must be: "a size such as 1280x720".
    init(_ wanted: String, _ parse: @escaping @Sendable (SettingNode, String) -> Value?) {
        read = { (node) throws(LandmarkdError) in
            guard let text = node.text, let value = parse(node, text) else { throw node.unsuitable(wanted) }
            return value
        }
    }
}

extension SettingReader where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self("a whole number from \(range.lowerBound) to \(range.upperBound)") { node, _ in
            node.node.int.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingReader where Value == Double {
    /// `unit`: "seconds", "frames a second".
    static func number(_ range: ClosedRange<Double>, _ unit: String) -> Self {
        Self("a number of \(unit) from \(plain(range.lowerBound)) to \(plain(range.upperBound))") { node, _ in
            node.node.float.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private static func plain(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }
}

extension SettingReader where Value == Bool {
    /// true, false, and YAML's on, off, yes, no.
    static var flag: Self { Self("true or false") { node, _ in node.node.bool } }
}

extension SettingReader where Value == String {
    static func text(_ wanted: String) -> Self { Self(wanted) { _, text in text.isEmpty ? nil : text } }

    /// One of some words, with a suggestion where it is near one.
    static func choice(_ names: [String]) -> Self {
        Self { (node) throws(LandmarkdError) in
            guard let text = node.text, names.contains(text) else {
                let wanted = "one of \(names.joined(separator: ", "))"
                let nearest = node.text.flatMap { closestName(to: $0, among: names) }
                let fault = node.unsuitable(wanted)
                guard let nearest else { throw fault }
                throw LandmarkdError(fault.exitCode, fault.cause, remedy: "did you mean '\(nearest)'?")
            }
            return text
        }
    }
}
