import Base
import Capture
import FaceTracking
import TestSupport
import Testing

/// A folder with a small model of random weights, and the program to run in it.
final class Workshop: Sendable {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var configuration = CascadeConfiguration()
        (configuration.crop, configuration.width, configuration.deepWidth) = (32, 8, 16)
        configuration.attentionHeads = 1
        let notes = [ConfidenceCalibration.key: ConfidenceCalibration.none.text]
        try CascadeModel(configuration, notes: notes).file().write(to: path("face68.safetensors"), as: .float32)
    }

    func path(_ name: String) -> String { folder.path(name) }

    /// Runs landmarkd in the folder, to its end.
    func landmarkd(_ arguments: String...) throws -> RunningProgram.Result { try landmarkd(arguments) }

    func landmarkd(_ arguments: [String]) throws -> RunningProgram.Result {
        try run(try builtProgram("landmarkd"), arguments, environment: environment, folder: folder.path)
    }

    /// Starts landmarkd in the folder.
    func start(_ arguments: String...) throws -> RunningProgram { try start(arguments, environment: [:]) }

    func start(_ arguments: [String], environment more: [String: String]) throws -> RunningProgram {
        let environment = environment.merging(more) { $1 }
        return try RunningProgram(builtProgram("landmarkd"), arguments, environment: environment, folder: folder.path)
    }

    private var environment: [String: String] { ["LANDMARKD_MODELS": folder.path] }

    /// A clip of a moving pattern, 25 frames a second.
    func writeClip(_ name: String, frames: Int) throws {
        let writer = try VideoWriter(path(name), width: 64, height: 48, frameRate: 25)
        var random = SplitMix64(seed: 4)
        for frame in 0..<frames {
            let picture = PixelBuffer(width: 64, height: 48)
            for index in 0..<(64 * 48) {
                picture.plane(0)[index] = UInt8(16 + (index + 3 * frame) % 200 + Int(random.next() % 20))
            }
            try writer.write(picture, time: Double(frame) / 25)
        }
        try writer.finish()
    }

    func write(_ name: String, _ bytes: [UInt8]) throws { try writeFile(path(name), bytes) }

    func read(_ name: String) throws -> [UInt8] { try readFile(path(name), atMost: 1 << 24) }

    /// Lines of a text file.
    func lines(_ name: String) throws -> [Substring] {
        String(decoding: try read(name), as: UTF8.self).split(separator: "\n")
    }
}

/// Expects one line of what, where and why that starts so, one of what to do about it, and the exit code.
func expectFailure(
    _ result: RunningProgram.Result, _ code: ExitCode, _ start: String, location: SourceLocation = #_sourceLocation
) {
    let lines = result.errors.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(result.status == code.rawValue, "\(result.errors)", sourceLocation: location)
    #expect(lines.count == 3 && lines.last == "", "\(result.errors)", sourceLocation: location)
    #expect(lines[0].hasPrefix("landmarkd: \(start)"), "\(result.errors)", sourceLocation: location)
    #expect(lines.count > 1 && lines[1].hasPrefix("  remedy: "), "\(result.errors)", sourceLocation: location)
    #expect(result.output.isEmpty, sourceLocation: location)
}
