import Base
import Capture

/// A video and a table that says in which frames somebody blinks: NAME.csv beside it, whose columns `frame` (from 0) and `blink` (0 or 1)
/// may leave frames out.
package struct AnnotatedClip: Sendable {
    package let video: String
    package let table: String
    /// As it was given.
    package let folder: String
    /// Frames that a table may leave out between two of the same blink.
    private static let widestGap = 8

    /// The clips of folders, each once; videos without such a table are left out.
    package static func clips(in folders: [String]) throws(LandmarkdError) -> [AnnotatedClip] {
        var clips: [AnnotatedClip] = []
        var seen: Set<FileIdentity> = []
        for folder in folders {
            // A folder of pictures may hold no video at all.
            guard let files = try? mediaFiles(in: [folder]) else { continue }
            for file in files where !file.isStill {
                let table = String(file.path.dropLast(file.path.fileName.count)) + file.path.fileStem + ".csv"
                guard let identity = FileIdentity(path: table), try columns(of: table) != nil else { continue }
                guard seen.insert(identity).inserted else { continue }
                clips.append(AnnotatedClip(video: file.path, table: table, folder: folder))
            }
        }
        return clips
    }

    /// Blinks as times, given those of the frames. If only some frames are labelled, a blink reaches half of the way to the next label.
    func blinks(times: [Double]) throws(LandmarkdError) -> [ClosedRange<Double>] {
        let rows = try rows()
        let steps = zip(rows, rows.dropFirst()).map { $1.frame - $0.frame }.filter { $0 > 0 }.sorted()
        let reach = (steps.isEmpty ? 1 : steps[steps.count / 2]) / 2
        var ranges: [ClosedRange<Int>] = []
        for row in rows where row.isBlink {
            if let last = ranges.last, row.frame - last.upperBound <= Self.widestGap {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, row.frame)
            } else {
                ranges.append(row.frame...row.frame)
            }
        }
        guard let end = times.indices.last else { return [] }
        return ranges.filter { $0.lowerBound <= end }.map {
            times[max(0, $0.lowerBound - reach)]...times[min(end, $0.upperBound + reach)]
        }
    }

    private func rows() throws(LandmarkdError) -> [(frame: Int, isBlink: Bool)] {
        guard let columns = try Self.columns(of: table) else { return [] }
        let lines = try Self.lines(of: table)
        var rows: [(frame: Int, isBlink: Bool)] = []
        for (number, line) in lines.enumerated().dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count > max(columns.frame, columns.blink),
                let frame = wholeNumber(String(fields[columns.frame])), frame >= 0,
                let blink = wholeNumber(String(fields[columns.blink])), 0...1 ~= blink
            else {
                throw LandmarkdError(
                    .unusableData, "\(table):\(number + 1): no frame number with a blink of 0 or 1",
                    remedy: "correct this line or remove it")
            }
            rows.append((frame, blink == 1))
        }
        return rows.sorted { $0.frame < $1.frame }
    }

    private static func columns(of table: String) throws(LandmarkdError) -> (frame: Int, blink: Int)? {
        guard let header = try lines(of: table).first else { return nil }
        let names = header.split(separator: ",", omittingEmptySubsequences: false)
        guard let frame = names.firstIndex(of: "frame"), let blink = names.firstIndex(of: "blink") else { return nil }
        return (frame, blink)
    }

    private static func lines(of table: String) throws(LandmarkdError) -> [Substring] {
        let text = String(decoding: try readFile(table, atMost: 64 << 20), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline)
    }
}
