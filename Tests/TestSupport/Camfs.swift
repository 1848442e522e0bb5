import Foundation

/// A V4L2 camera that is a file, `video`, of a folder of its own: real ioctls, `poll` and `mmap`, and faults at will.
///
/// Plays `../shared/live/camfs`; its README tells the modes and commands. Unplugged for good when it is released, and
/// when the test process ends in whatever way.
public final class Camfs: Sendable {
    /// Why it cannot be had here; nil where it can. For `.enabled(if: Camfs.lacks == nil, …)`.
    public static let lacks: String? = {
        if sharedFile("live/camfs/camfs.c") == nil { return "needs ../shared/live/camfs" }
        if geteuid() != 0 { return "needs root" }
        if access("/dev/fuse", R_OK | W_OK) != 0 { return "needs /dev/fuse" }
        return hasProgram("gcc") ? nil : "needs gcc"
    }()

    /// The folder that holds the camera; in place of `/dev`.
    public let folder: String
    /// The camera's path.
    public var video: String { "\(folder)/video0" }

    private let place: TemporaryFolder
    private let process: Process
    /// camfs ends once nobody holds the other end of its shell's standard input.
    private let leash = Pipe()

    /// Starts a camera that offers `modes`, the first being its default: "YUYV:640x480@30,15".
    ///
    /// `frames`: what it shows again and again, frame after frame as its mode stores them (JPEG pictures one after the
    /// other for MJPG); by default zeros, enough for 1080p.
    public init(
        modes: [String] = ["YUYV:640x480@30"], card: String = "camfs camera", frames: [UInt8]? = nil
    ) throws {
        place = try TemporaryFolder()
        folder = place.path("cam")
        // Not by a command of camfs's: one that it stops right after its start can hang it.
        try Data(frames ?? []).write(to: URL(fileURLWithPath: place.path("frames")))
        if frames == nil { truncate(place.path("frames"), 8 << 20) }
        let arguments = modes.flatMap { ["--mode", $0] } + ["--card", card, "--raw", place.path("frames")]
        let shell = #""$@" & cat; kill $!; wait $!"#
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", shell, "sh", try Self.program.get()] + arguments + [folder]
        process.standardInput = leash
        let output = place.path("output")
        try Data().write(to: URL(fileURLWithPath: output))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = process.standardOutput
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 30)
        while !(try String(contentsOfFile: output, encoding: .utf8).contains("ready")) {
            guard process.isRunning, Date() < deadline else {
                throw Failure("camfs did not start: \(try String(contentsOfFile: output, encoding: .utf8))")
            }
            usleep(2000)
        }
    }

    deinit {
        try? leash.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Does a command: "unplug", "stall", "bad 3".
    public func tell(_ command: String) throws {
        guard let file = FileHandle(forWritingAtPath: "\(folder)/ctl") else {
            throw Failure("\(folder)/ctl is not there")
        }
        defer { try? file.close() }
        try file.write(contentsOf: Data(command.utf8))
    }

    /// camfs's state and counters: "delivered": "120", "streaming": "1".
    public func state() throws -> [String: String] {
        guard let file = FileHandle(forReadingAtPath: "\(folder)/ctl") else {
            throw Failure("\(folder)/ctl is not there")
        }
        defer { try? file.close() }
        let lines = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n")
        let pairs = lines.map { $0.split(separator: " ", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
        return Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    /// camfs, built once a machine and version.
    private static let program = Result<String, any Error> {
        guard let source = sharedFile("live/camfs/camfs.c") else { throw Failure("no camfs.c") }
        let times = try [source, sharedFile("live/feed.h") ?? source].map {
            try FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date ?? Date()
        }
        let version = Int(times.max()?.timeIntervalSince1970 ?? 0)
        let program = NSTemporaryDirectory() + "landmarkd-camfs-2-\(getuid())-\(version)"
        if FileManager.default.isExecutableFile(atPath: program) { return program }
        let partial = "\(program).\(getpid())"
        let built = try run("\(packageFolder)/Tests/system/build-camfs", [source, partial])
        guard built.status == 0, rename(partial, program) == 0 else { throw Failure("building camfs: \(built.errors)") }
        return program
    }
}
