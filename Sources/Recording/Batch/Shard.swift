import Base

/// One of several parts that a list is split into, each for a machine or a task of its own.
///
/// Element `k` belongs to part `k mod count`: parts are of equal length, but for one, and every run with the same list agrees.
package struct Shard: Sendable, Equatable, CustomStringConvertible {
    /// 1 to `count`.
    package let number: Int
    package let count: Int

    private static let most = 1_000_000

    /// From "2/8". Throws `.usage` for anything else, with what is wrong.
    package init(_ text: String) throws(LandmarkdError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { wholeNumber(String($0)) }
        guard parts.count == 2, let number = parts[0], let count = parts[1] else {
            throw LandmarkdError(
                .usage, "--shard \(text): not of the form I/N", remedy: "give the part and their number, as in 2/8")
        }
        guard 1...Self.most ~= count, 1...count ~= number else {
            throw LandmarkdError(
                .usage, "--shard \(text): there is no such part",
                remedy: 1...Self.most ~= count
                    ? "parts are numbered from 1 to \(count)" : "the number of parts is 1 to \(Self.most)")
        }
        (self.number, self.count) = (number, count)
    }

    package var description: String { "\(number)/\(count)" }

    func part<Element>(of list: [Element]) -> [Element] {
        list.enumerated().filter { $0.offset % count == number - 1 }.map(\.element)
    }
}
