import Base
import SettingsFile

extension TrainingRecipe.Setter {
    typealias Recipe = TrainingRecipe

    private init<Value>(_ reader: SettingReader<Value>, _ set: @escaping @Sendable (inout Recipe, Value) -> Void) {
        wanted = reader.wanted
        apply = { (recipe, node) throws(LandmarkdError) in set(&recipe, try reader.read(node)) }
    }

    static func integer(_ range: ClosedRange<Int>, _ set: @escaping @Sendable (inout Recipe, Int) -> Void) -> Self {
        Self(.integer(range), set)
    }

    static func number(
        _ range: ClosedRange<Double>, _ set: @escaping @Sendable (inout Recipe, Double) -> Void
    ) -> Self {
        Self(.number(range), set)
    }

    static func flag(_ set: @escaping @Sendable (inout Recipe, Bool) -> Void) -> Self { Self(.flag, set) }

    static func choice(_ names: [String], _ set: @escaping @Sendable (inout Recipe, String) -> Void) -> Self {
        Self(.choice(names), set)
    }

    /// `set` returns false where the text is not one that it knows.
    static func text(_ set: @escaping @Sendable (inout Recipe, String) -> Bool) -> Self {
        let reader = SettingReader<String>.text("a name such as ibug68, or a number of points")
        return Self(wanted: reader.wanted) { (recipe, node) throws(LandmarkdError) in
            guard set(&recipe, try reader.read(node)) else { throw node.unsuitable(reader.wanted) }
        }
    }

    static func texts(_ set: @escaping @Sendable (inout Recipe, [String]) -> Void) -> Self {
        Self(.texts("a list of names"), set)
    }

    /// A list of lists of names.
    static func lists(_ set: @escaping @Sendable (inout Recipe, [[String]]) -> Void) -> Self {
        let wanted = "a list of lists of points"
        let names = SettingReader<[String]>.texts(wanted)
        return Self(
            SettingReader<[[String]]>(wanted) { (node) throws(LandmarkdError) in
                try node.elements(wanted).map { (list) throws(LandmarkdError) in try names.read(list) }
            }, set)
    }
}
