import Base
import Glibc

/// Stills that are the frames of one recording: those of a folder, or those whose names a pattern makes (`frames/%06d.png`).
///
/// They are in the natural order of their names: by the numbers in them, 2 before 10. Where the names differ only in one number and few
/// are missing, at most half as many as there are, a picture's place is its number, and the missing ones keep theirs; else pictures are
/// counted one after the other.
package struct PictureSequence: Sendable {
    /// Paths by place; nil where a number is missing.
    package let pictures: [String?]
    /// A warning about the names, if there is one: missing numbers, names that are not numbers.
    package let note: String?

    /// `path` is a folder or a pattern. Throws `noInput` where there is no picture, or the folder cannot be read, `usage` for a wrong
    /// pattern.
    package init(_ path: String) throws(LandmarkdError) {
        let isFolder = FileIdentity(path: path)?.isFolder == true
        let found = isFolder ? try Self.stills(inFolder: path) : try Self.stills(pattern: path)
        guard !found.isEmpty else {
            throw LandmarkdError(
                .noInput, "\(path): no picture \(isFolder ? "in this folder" : "has a name of this pattern")",
                remedy: isFolder
                    ? "name the folder that holds the pictures" : "check the folder, the digits of %0Nd and the ending")
        }
        guard let numbers = Self.numbers(found.map(\.name)) else {
            pictures = found.map(\.path)
            note = "\(path): names do not differ in one number alone: pictures are counted in the order of their names"
            return
        }
        let places = numbers.map { $0 - numbers[0] }
        let missing = places[places.count - 1] + 1 - places.count
        guard missing <= places.count / 2 else {
            pictures = found.map(\.path)
            note =
                "\(path): numbers are not consecutive (\(numbers[0]), \(numbers[1]), …): pictures are counted in the order of their names"
            return
        }
        var pictures = [String?](repeating: nil, count: places.count + missing)
        for (place, picture) in zip(places, found) { pictures[place] = picture.path }
        self.pictures = pictures
        note = missing == 0 ? nil : "\(path): \(Self.missingText(pictures, first: numbers[0]))"
    }

    /// What a table of the sequence is called: as the folder of its pictures, or, for a pattern in the current folder, as what stands
    /// before its number.
    static func name(_ path: String) -> String {
        if FileIdentity(path: path)?.isFolder == true { return shownName(ofFolder: path) }
        if !path.folderPart.isEmpty { return shownName(ofFolder: path.folderPart) }
        var word = NumberPattern(path)?.prefix ?? ""
        while let last = word.last, "_-. ".contains(last) { word.removeLast() }
        return word.isEmpty ? shownName(ofFolder: ".") : word
    }

    /// "frames" of "day1/frames/", the real name of ".".
    private static func shownName(ofFolder path: String) -> String {
        guard [".", ".."].contains(path.fileName) || path.allSatisfy({ $0 == "/" }) else { return path.fileName }
        guard let resolved = path.withSystemPath({ realpath($0, nil) }) else { return "sequence" }
        defer { free(resolved) }
        let name = String(systemPath: resolved).fileName
        return name == "/" ? "sequence" : name
    }

    private typealias Still = (name: String, path: String)

    private static func stills(inFolder path: String) throws(LandmarkdError) -> [Still] {
        let base = path.hasSuffix("/") ? path : path + "/"
        return try names(inFolder: path)
            .filter { !$0.hasPrefix(".") && MediaFile.stillEndings.contains($0.fileEnding) }
            .sorted(by: isNaturallyBefore).map { ($0, base + $0) }
    }

    private static func stills(pattern path: String) throws(LandmarkdError) -> [Still] {
        guard let pattern = NumberPattern(path.fileName) else {
            throw LandmarkdError(
                .usage, "\(path): not a pattern with one number", remedy: "write one %d or %06d in the file's name")
        }
        let folder = path.folderPart
        let found = try names(inFolder: folder.isEmpty ? "." : folder).compactMap { name in
            pattern.number(in: name).map { (number: $0, name: name) }
        }
        return found.sorted { $0.number < $1.number }.map { ($0.name, folder + $0.name) }
    }

    /// The number in each name where that is all in which they differ, and no number comes twice; nil otherwise.
    private static func numbers(_ names: [String]) -> [Int]? {
        let parts = names.map { NameParts($0) }
        guard let first = parts.first else { return nil }
        let varying = first.numbers.indices.filter { index in
            parts.contains { !$0.numbers.indices.contains(index) || $0.numbers[index] != first.numbers[index] }
        }
        guard parts.allSatisfy({ $0.words == first.words && $0.numbers.count == first.numbers.count }) else {
            return nil
        }
        guard varying.count <= 1 else { return nil }
        let index = varying.first ?? first.numbers.count - 1
        guard index >= 0 else { return names.count == 1 ? [0] : nil }
        let numbers = parts.compactMap { Int($0.numbers[index]) }
        guard numbers.count == names.count, zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }),
            !numbers[numbers.count - 1].subtractingReportingOverflow(numbers[0]).overflow
        else { return nil }
        return numbers
    }

    /// "3 numbers are missing: 7, 12-13".
    private static func missingText(_ pictures: [String?], first: Int) -> String {
        var runs: [ClosedRange<Int>] = []
        for (place, picture) in pictures.enumerated() where picture == nil {
            let number = first + place
            if let last = runs.last, last.upperBound == number - 1 {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        let count = runs.reduce(0) { $0 + $1.count }
        let list = runs.prefix(5).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        let more = runs.count > 5 ? ", …" : ""
        return "\(count) number\(count == 1 ? " is" : "s are") missing: \(list.joined(separator: ", "))\(more); "
            + "\(count == 1 ? "it has a row" : "they have rows") with success 0"
    }
}

/// A file's name with one number in it, as `printf` writes it: `%d`, `%06d`; `%%` is a percent sign.
struct NumberPattern: Equatable {
    let prefix: String
    let suffix: String
    /// Digits at least, filled up with zeros.
    let width: Int

    /// Nil where there is no number, more than one, or another conversion.
    init?(_ name: String) {
        guard let match = name.firstMatch(of: /%(?:0?(\d{1,2}))?d/.ignoresCase(false)) else { return nil }
        (prefix, suffix) = (
            String(name[..<match.range.lowerBound]).replacing("%%", with: "%"),
            String(name[match.range.upperBound...]).replacing("%%", with: "%")
        )
        let rest = name[..<match.range.lowerBound] + name[match.range.upperBound...]
        guard !rest.replacing("%%", with: "").contains("%") else { return nil }
        width = match.output.1.flatMap { Int($0) } ?? 1
    }

    /// The number that makes this name; nil where none does.
    func number(in name: String) -> Int? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(digits) else { return nil }
        let isPadded = digits.utf8.count == max(width, String(number).utf8.count)
        return isPadded ? number : nil
    }
}

/// A name taken apart at its runs of digits.
private struct NameParts {
    /// What stands between the numbers: one more than those.
    let words: [String]
    /// As they are written.
    let numbers: [String]

    init(_ name: String) {
        var (words, numbers) = ([""], [String]())
        var isNumber = false
        for scalar in name.unicodeScalars {
            let isDigit = 0x30...0x39 ~= scalar.value
            if isDigit, !isNumber { numbers.append("") }
            if !isDigit, isNumber { words.append("") }
            isNumber = isDigit
            if isDigit {
                numbers[numbers.count - 1].unicodeScalars.append(scalar)
            } else {
                words[words.count - 1].unicodeScalars.append(scalar)
            }
        }
        if isNumber { words.append("") }
        (self.words, self.numbers) = (words, numbers)
    }
}

/// Whether a name comes before another one in natural order: numbers by their value, the rest by its characters; names that differ in
/// leading zeros only, the shorter number first.
func isNaturallyBefore(_ first: String, _ second: String) -> Bool {
    let (one, other) = (NameParts(first), NameParts(second))
    for index in 0..<min(one.words.count, other.words.count) {
        if one.words[index] != other.words[index] { return one.words[index] < other.words[index] }
        guard one.numbers.indices.contains(index), other.numbers.indices.contains(index) else { break }
        let (a, b) = (significant(one.numbers[index]), significant(other.numbers[index]))
        if a != b { return a.count != b.count ? a.count < b.count : a < b }
        if one.numbers[index].count != other.numbers[index].count {
            return one.numbers[index].count < other.numbers[index].count
        }
    }
    return one.words.count < other.words.count
}

/// A number's digits without leading zeros.
private func significant(_ digits: String) -> Substring { digits.drop { $0 == "0" } }
