import Base
import Capture
import Glibc
import TestSupport

/// A folder of pictures and annotations that a test writes.
struct DataFolder {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws { folder = try TemporaryFolder() }

    func path(_ name: String) -> String { folder.path(name) }

    func put(_ name: String, _ bytes: [UInt8]) throws {
        let parts = name.split(separator: "/")
        for depth in 1..<max(1, parts.count) { mkdir(folder.path(parts[..<depth].joined(separator: "/")), 0o777) }
        try writeFile(folder.path(name), bytes)
    }

    func put(_ name: String, _ text: String) throws { try put(name, Array(text.utf8)) }

    /// A grey picture whose left half is dark; what its format is shows in its bytes, not in its name.
    func picture(_ name: String, _ width: Int = 40, _ height: Int = 30) throws {
        let rows = (0..<width * height).map { UInt8($0 % width < width / 2 ? 40 : 200) }
        try put(name, Array("P5\n\(width) \(height)\n255\n".utf8) + rows)
    }

    /// The same as a JPEG that EXIF turns.
    func turnedPicture(_ name: String, _ width: Int, _ height: Int, exif orientation: UInt8) throws {
        let picture = PixelBuffer(width: width, height: height)
        for index in 0..<width * height { picture.plane(0)[index] = index % width < width / 2 ? 40 : 200 }
        let jpeg = try jpegFile(picture, fullRange: true)
        let tiff: [UInt8] =
            Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif\0\0".utf8) + tiff
        try put(name, Array(jpeg[..<2]) + [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body + Array(jpeg[2...]))
    }
}

/// The error that a reader throws.
func fault(_ body: () throws -> Void) -> LandmarkdError? {
    do {
        try body()
        return nil
    } catch {
        return error as? LandmarkdError
    }
}
