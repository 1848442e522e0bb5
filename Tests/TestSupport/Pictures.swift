import Base

/// A smooth picture, brighter to the right, bluer downwards, redder to the left: survives lossy coding well.
package func gradient(width: Int, height: Int, chromaShift: (x: Int, y: Int) = (1, 1)) -> PixelBuffer {
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
package func sample(_ plane: Plane, _ x: Int, _ y: Int, bitDepth: Int = 8) -> Int {
    let address = plane.base + y * plane.rowStride + x * plane.sampleStride
    return bitDepth == 8 ? Int(address.load(as: UInt8.self)) : Int(address.loadUnaligned(as: UInt16.self))
}

/// Y, Cb, Cr at a stored pixel.
package func colour(_ frame: Frame, _ x: Int, _ y: Int) -> [Int] {
    let luma = sample(frame.luma, x, y, bitDepth: frame.bitDepth)
    guard let chroma = frame.chroma else { return [luma] }
    let (cx, cy) = (x >> frame.chromaShift.x, y >> frame.chromaShift.y)
    return [luma] + [chroma.cb, chroma.cr].map { sample($0, cx, cy, bitDepth: frame.bitDepth) }
}

/// Largest difference of any channel between two small colours.
package func difference(_ a: [Int], _ b: [Int]) -> Int { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }
