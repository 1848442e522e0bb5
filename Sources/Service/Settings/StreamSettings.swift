import Base
import Capture
import SettingsFile

/// A picture's size in pixels.
package struct FrameSize: Sendable, Equatable, CustomStringConvertible {
    package var width: Int
    package var height: Int

    /// From "1280x720", 16 to 8192 each; nil where it is not written so.
    package init?(_ text: String) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { wholeNumber(String($0)) }
        guard parts.count == 2, let width = parts[0], let height = parts[1] else { return nil }
        guard 16...8192 ~= width, 16...8192 ~= height else { return nil }
        (self.width, self.height) = (width, height)
    }

    package var description: String { "\(width)x\(height)" }
}

/// Settings of one stream.
package struct StreamSettings: Sendable, Equatable {
    /// In URLs, metrics and file names: letters, digits, `.`, `-` and `_`.
    package var name = ""
    /// A camera, a file, or an address: "/dev/video0", "clip.mp4", "rtsp://…".
    package var source = ""
    /// Whether a file begins again at its end.
    package var loop = false
    /// Most faces followed at once.
    package var faces = 1
    /// Requested camera mode; nil: chosen automatically.
    package var format: String?
    package var size: FrameSize?
    /// Frames a second.
    package var rate: Double?
    /// Seconds without a frame after which the source is reopened; nil: depends on the source.
    package var stall: Double?
    /// Whether the landmarks of faces that keep still are smoothed.
    package var smoothing = true
    /// Searches of the whole picture per second while no face is followed; at most 4 while one is and more are allowed.
    package var searchRate = 5.0
    /// The camera's focal length, in pixels of the picture as displayed; nil: what is usual.
    package var focalLength: Double?
    package var outputs: [OutputSettings] = []

    package init() {}

    /// Pixel formats that the tracker or a decoder of ours can read.
    static let formats = ["YUYV", "UYVY", "NV12", "YU12", "GREY", "MJPG"]

    /// Requested mode where the source is a camera.
    var camera: CameraRequest {
        CameraRequest(format: format, size: size.map { ($0.width, $0.height) }, rate: rate, patience: stall)
    }

    /// Keys that streams and `defaults` have.
    static let commonKeys: [SettingKey<StreamSettings>] = [
        SettingKey("loop", .flag, \.loop),
        SettingKey("faces", .integer(1...16), \.faces),
        SettingKey("format", orAuto: .choice(formats), \.format),
        SettingKey("size", orAuto: SettingReader("a size such as 1280x720") { FrameSize($1) }, \.size),
        SettingKey("rate", orAuto: .number(1...1000, "frames a second"), \.rate),
        SettingKey("stall", orAuto: .number(0.2...600, "seconds"), \.stall),
        SettingKey("smoothing", .flag, \.smoothing),
        SettingKey("search_rate", .number(0.1...100, "times a second"), \.searchRate),
        SettingKey("focal_length", orAuto: .number(1...1e6, "pixels"), \.focalLength),
        SettingKey("outputs", OutputSettings.list, \.outputs),
    ]

    static let keys: [SettingKey<StreamSettings>] =
        [SettingKey("source", .text("a camera, a file or an address"), \.source)] + commonKeys

    /// Streams by name, each beginning as `defaults`.
    static func read(_ table: SettingNode, defaults: StreamSettings) throws(LandmarkdError) -> [StreamSettings] {
        var streams: [StreamSettings] = []
        for (name, node) in try table.entries() {
            guard isName(name) else {
                throw node.fault(
                    "a stream cannot have this name",
                    remedy: "use up to 64 letters, digits, '.', '-' and '_', a letter or digit first")
            }
            var stream = defaults
            stream.name = name
            try SettingKey.read(node, keys, into: &stream)
            if stream.source.isEmpty {
                throw node.fault("has no source", remedy: "add a line such as 'source: /dev/video0'")
            }
            try stream.checkSource(in: node)
            streams.append(stream)
        }
        return streams.sorted { $0.name < $1.name }
    }

    /// Throws `.wrongSettings`, with the line of the source, where its name is invalid or other keys do not apply to such a
    /// source.
    private func checkSource(in table: SettingNode) throws(LandmarkdError) {
        do throws(LandmarkdError) {
            _ = try sourceOpener(source, camera: camera, loop: loop)
        } catch {
            let place = try table.entries().first { $0.key == "source" }?.value ?? table
            // The key says already that it is a source.
            let cause = error.cause.hasPrefix("source ") ? String(error.cause.dropFirst(7)) : error.cause
            throw place.fault(cause, remedy: error.remedy)
        }
    }

    /// A name that a stream may have, made of the last part of its source: "video0" of "/dev/video0". Passwords are not
    /// in it.
    package static func name(fromSource source: String) -> String {
        let part = source.withoutCredentials.split(separator: "/").last?.prefix { $0 != "=" } ?? ""
        let plain = part.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._".contains($0)) ? $0 : "-" }
        let name = String(plain.drop { !$0.isLetter && !$0.isNumber }.prefix(64))
        return isName(name) ? name : "camera"
    }

    /// Whether a stream may have the name: it stands in URLs and file names.
    static func isName(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: false
            }
        }
        let bytes = Array(text.utf8)
        guard 1...64 ~= bytes.count, isPlain(bytes[0]) else { return false }
        return bytes.allSatisfy {
            isPlain($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0)
        }
    }
}
