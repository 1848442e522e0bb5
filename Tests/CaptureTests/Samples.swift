import Base
import Glibc

/// A smooth picture, brighter to the right, bluer downwards, redder to the left: survives lossy coding well.
func gradient(width: Int, height: Int, chromaShift: (x: Int, y: Int) = (1, 1)) -> PixelBuffer {
    let buffer = PixelBuffer(width: width, height: height, chromaShift: chromaShift)
    for y in 0..<height {
        for x in 0..<width { buffer.plane(0)[y * width + x] = UInt8(30 + 180 * x / width) }
    }
    for y in 0..<buffer.chromaHeight {
        for x in 0..<buffer.chromaWidth {
            buffer.plane(1)[y * buffer.chromaWidth + x] = UInt8(90 + 80 * y / buffer.chromaHeight)
            buffer.plane(2)[y * buffer.chromaWidth + x] = UInt8(170 - 80 * x / buffer.chromaWidth)
        }
    }
    return buffer
}

/// A sample of a plane as stored, at a place of that plane.
func sample(_ plane: Plane, _ x: Int, _ y: Int, bitDepth: Int = 8) -> Int {
    let address = plane.base + y * plane.rowStride + x * plane.sampleStride
    return bitDepth == 8 ? Int(address.load(as: UInt8.self)) : Int(address.loadUnaligned(as: UInt16.self))
}

/// Y, Cb, Cr at a stored pixel.
func colour(_ frame: Frame, _ x: Int, _ y: Int) -> [Int] {
    let luma = sample(frame.luma, x, y, bitDepth: frame.bitDepth)
    guard let chroma = frame.chroma else { return [luma] }
    let (cx, cy) = (x >> frame.chromaShift.x, y >> frame.chromaShift.y)
    return [luma] + [chroma.cb, chroma.cr].map { sample($0, cx, cy, bitDepth: frame.bitDepth) }
}

/// Largest difference of any channel between two small colours.
func difference(_ a: [Int], _ b: [Int]) -> Int { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

/// A folder of its own, removed at the end.
final class Scratch {
    let path: String

    init() {
        var template = Array("/tmp/landmarkd-capture-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template)!)
    }

    deinit { remove(path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult func write(_ bytes: [UInt8], _ name: String) -> String {
        let file = fopen(file(name), "wb")!
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        return self.file(name)
    }

    private func remove(_ path: String) {
        for name in names(in: path) { remove(path + "/" + name) }
        Glibc.remove(path)
    }

    private func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// All bytes of a file.
func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&block, 1, block.count, file), count > 0 { all += block[..<count] }
    return all
}

/// The shared data folder beside the repository, where there is one.
let sharedData: String? = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/" + package + "/../shared/data"
    return access(path + "/annotations.csv", R_OK) == 0 ? path : nil
}()
