import Base
import FaceTracking

/// What a recipe says about custom points. Points are given by their numbers, from 0, or by their names.
package struct PointDescription: Sendable, Equatable {
    package var names: [String] = []
    /// Runs that lines join in drawings.
    package var lines: [[String]] = []
    /// For each point, the point that it becomes when the picture is flipped.
    package var mirror: [String] = []
    /// The two points whose distance is the unit of errors.
    package var unit: [String] = []

    package init() {}

    /// The scheme with all this; throws `.wrongSettings`, naming the key, where it does not suit its points.
    func applied(to scheme: LandmarkScheme) throws(LandmarkdError) -> LandmarkScheme {
        var scheme = scheme
        if !names.isEmpty { scheme.pointNames = try checkedNames(count: scheme.count) }
        let resolver = PointResolver(count: scheme.count, names: scheme.pointNames)
        if !lines.isEmpty {
            scheme.lines = try lines.map { (run) throws(LandmarkdError) in try resolver.numbers(run, of: "lines") }
            if let run = scheme.lines.first(where: { $0.count < 2 }) {
                throw fault("lines", "a line of \(run.count) points", "give each line at least two points")
            }
        }
        if !unit.isEmpty {
            let pair = try resolver.numbers(unit, of: "unit")
            guard pair.count == 2, pair[0] != pair[1] else {
                let cause = pair.count == 2 ? "the same point twice" : "\(pair.count) points"
                throw fault("unit", cause, "give two different points, left in the picture first")
            }
            scheme.normalizer = .init(first: pair[0], second: pair[1])
        }
        if !mirror.isEmpty { scheme.setMirror(try mirrorMap(resolver, count: scheme.count)) }
        return scheme
    }

    private func checkedNames(count: Int) throws(LandmarkdError) -> [String] {
        guard names.count == count else {
            throw fault("point_names", "\(names.count) names for \(count) points", "give one for each point")
        }
        if let name = names.first(where: { !LandmarkScheme.isName($0) }) {
            throw fault(
                "point_names", "'\(name.prefix(80))' cannot be a name",
                "use up to \(LandmarkScheme.longestName) letters, digits, '-', '.' and '_', not digits alone")
        }
        var seen: Set<String> = []
        if let twice = names.first(where: { !seen.insert($0).inserted }) {
            throw fault("point_names", "'\(twice)' is given twice", "give each point a name of its own")
        }
        return names
    }

    private func mirrorMap(_ resolver: PointResolver, count: Int) throws(LandmarkdError) -> [Int] {
        let map = try resolver.numbers(mirror, of: "mirror")
        guard map.count == count else {
            throw fault(
                "mirror", "\(map.count) entries for \(count) points",
                "give for each point the one that it becomes when the picture is flipped left to right")
        }
        if let point = map.indices.first(where: { map[map[$0]] != $0 }) {
            let (other, again) = (map[point], map[map[point]])
            throw fault(
                "mirror", "point \(point) becomes \(other), but \(other) becomes \(again)",
                "flipping twice must give the original: correct these entries")
        }
        return map
    }
}

private func fault(_ key: String, _ cause: String, _ remedy: String) -> LandmarkdError {
    LandmarkdError(.wrongSettings, "recipe: \(key): \(cause)", remedy: remedy)
}

/// Finds points by number or name.
private struct PointResolver {
    let count: Int
    let names: [String]

    func numbers(_ words: [String], of key: String) throws(LandmarkdError) -> [Int] {
        try words.map { (word) throws(LandmarkdError) in
            if let number = wholeNumber(word), 0..<count ~= number { return number }
            if let number = names.firstIndex(of: word) { return number }
            let nearest = closestName(to: word, among: names)
            throw fault(
                key, "'\(word.prefix(80))' is none of the \(count) points",
                nearest.map { "did you mean '\($0)'?" }
                    ?? "give a number from 0 to \(count - 1), or a name of point_names")
        }
    }
}
