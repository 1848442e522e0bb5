import Base

/// A scheme's description as strings of the model file: custom points are described only there.
extension LandmarkScheme {
    private static let keys = (
        mirror: "mirror", normalizer: "normalizer", names: "point_names", lines: "lines", template: "crop_template"
    )
    /// Longest name of a point, in letters.
    package static let longestName = 64

    /// The strings that describe what the name does not.
    package var metadata: [String: String] {
        var metadata: [String: String] = [:]
        metadata[Self.keys.mirror] = mirror.map(Self.text)
        metadata[Self.keys.normalizer] = normalizer.map { "\($0.first) \($0.second)" }
        if !pointNames.isEmpty { metadata[Self.keys.names] = pointNames.joined(separator: " ") }
        if !lines.isEmpty, lines != Self.named(name)?.lines {
            metadata[Self.keys.lines] = lines.map(Self.text).joined(separator: "; ")
        }
        metadata[Self.keys.template] = template.map { points in
            points.map { "\(decimal($0.x, 5)) \(decimal($0.y, 5))" }.joined(separator: " ")
        }
        return metadata
    }

    private static func text(_ numbers: [Int]) -> String { numbers.map { "\($0)" }.joined(separator: " ") }

    /// The scheme of that name with its description from the metadata; what the name implies is kept.
    ///
    /// Throws `.unusableData` where they contradict the number of points or themselves.
    package init(name: String, count: Int, metadata: [String: String], file: String) throws(LandmarkdError) {
        self = Self.named(name) ?? LandmarkScheme(name: name, count: count)
        let reader = SchemeReader(count: count, metadata: metadata, file: file)
        if mirror == nil, let map = try reader.numbers(Self.keys.mirror) {
            guard Self.isMirrorMap(map, count: count) else {
                throw reader.fault(Self.keys.mirror, "is not a mirror map of \(count) points")
            }
            setMirror(map)
        }
        if normalizer == nil, let pair = try reader.numbers(Self.keys.normalizer) {
            guard pair.count == 2, pair[0] != pair[1] else {
                throw reader.fault(Self.keys.normalizer, "is not two points")
            }
            normalizer = Pair(first: pair[0], second: pair[1])
        }
        if let text = metadata[Self.keys.names] {
            pointNames = text.split(separator: " ").map(String.init)
            guard pointNames.count == count, Self.areNames(pointNames) else {
                throw reader.fault(Self.keys.names, "is not \(count) different names")
            }
        }
        if let text = metadata[Self.keys.lines] {
            lines = try text.split(separator: ";").map { (run) throws(LandmarkdError) in
                try reader.numbers(String(run), of: Self.keys.lines)
            }
            guard lines.allSatisfy({ $0.count >= 2 }) else {
                throw reader.fault(Self.keys.lines, "has a line of less than two points")
            }
        }
        if let text = metadata[Self.keys.template] { template = try reader.points(text, of: Self.keys.template) }
    }

    /// Whether these can be names of points: all different, of letters, digits, '-', '.' and '_', not numbers.
    package static func areNames(_ names: [String]) -> Bool {
        Set(names).count == names.count && names.allSatisfy(isName)
    }

    /// Whether a point may be called this.
    package static func isName(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || "-._".utf8.contains(byte)
        }
        return isWord && 1...longestName ~= name.utf8.count && !name.utf8.allSatisfy { $0 < UInt8(ascii: "A") }
    }

    /// Whether points are far enough apart, in crop units, to place a crop.
    package static func isTemplate(_ points: [Point]) -> Bool {
        guard let centre = points.isEmpty ? nil : points.centroid else { return false }
        let isPlausible = points.allSatisfy { abs($0.x) < 10 && abs($0.y) < 10 }
        return isPlausible && points.contains { ($0 - centre).length > 0.03 }
    }
}

/// Reads lists from a model file's strings.
private struct SchemeReader {
    let count: Int
    let metadata: [String: String]
    let file: String

    /// Numbers of points; nil where the key is missing.
    func numbers(_ key: String) throws(LandmarkdError) -> [Int]? {
        guard let text = metadata[key] else { return nil }
        return try numbers(text, of: key)
    }

    func numbers(_ text: String, of key: String) throws(LandmarkdError) -> [Int] {
        try text.split(separator: " ").map { (word) throws(LandmarkdError) in
            guard let number = Int(word), 0..<count ~= number else {
                throw fault(key, "names '\(word.prefix(40))', none of \(count) points, from 0")
            }
            return number
        }
    }

    func points(_ text: String, of key: String) throws(LandmarkdError) -> [Point] {
        let numbers = text.split(separator: " ").compactMap { decimalNumber(String($0)) }
        let points = stride(from: 0, to: numbers.count - 1, by: 2).map { Point(numbers[$0], numbers[$0 + 1]) }
        guard numbers.count == 2 * count, LandmarkScheme.isTemplate(points) else {
            throw fault(key, "is not \(count) places in a crop")
        }
        return points
    }

    func fault(_ key: String, _ why: String) -> LandmarkdError {
        LandmarkdError(.unusableData, "\(file): metadata: \(key) \(why)", remedy: "use a model that landmarkd wrote")
    }
}
