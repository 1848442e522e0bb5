/// Memory for a picture of our own making (rendered, read from a still, rotated): planar Y, Cb, Cr, 8 bit.
///
/// Filled by one owner, then frozen by `frame(...)`; it must not be written after that.
package final class PixelBuffer: @unchecked Sendable {  // Sendable: written only before it is shared
    package let width: Int
    package let height: Int
    package let hasChroma: Bool
    package let chromaShift: (x: Int, y: Int)
    package let bytes: UnsafeMutableRawBufferPointer

    /// Zeroed luma, neutral (128) chroma. `chromaShift` as in `Frame`.
    package init(width: Int, height: Int, hasChroma: Bool = true, chromaShift: (x: Int, y: Int) = (1, 1)) {
        (self.width, self.height, self.hasChroma, self.chromaShift) = (width, height, hasChroma, chromaShift)
        let chromaCount = hasChroma ? Self.chromaSize(width, height, chromaShift) : 0
        // 64 bytes more: FFmpeg's vector code may read past a row's end.
        bytes = .allocate(byteCount: width * height + 2 * chromaCount + 64, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 128)
        bytes[..<(width * height)].initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    package var chromaWidth: Int { (width + (1 << chromaShift.x) - 1) >> chromaShift.x }
    package var chromaHeight: Int { (height + (1 << chromaShift.y) - 1) >> chromaShift.y }

    /// Samples of plane 0 (Y), 1 (Cb) or 2 (Cr), rows without padding.
    package func plane(_ index: Int) -> UnsafeMutableBufferPointer<UInt8> {
        let lumaCount = width * height
        let chromaCount = chromaWidth * chromaHeight
        let range =
            index == 0 ? 0..<lumaCount : (lumaCount + (index - 1) * chromaCount)..<(lumaCount + index * chromaCount)
        return UnsafeMutableRawBufferPointer(rebasing: bytes[range]).assumingMemoryBound(to: UInt8.self)
    }

    /// The picture as a frame that keeps this buffer.
    package func frame(fullRange: Bool, time: Double = 0, orientation: Orientation = Orientation()) -> Frame {
        func strided(_ index: Int, _ rowStride: Int) -> Plane {
            Plane(base: UnsafeRawPointer(plane(index).baseAddress!), rowStride: rowStride, sampleStride: 1)
        }
        let chroma = hasChroma ? (cb: strided(1, chromaWidth), cr: strided(2, chromaWidth)) : nil
        return Frame(
            width: width, height: height, luma: strided(0, width), chroma: chroma, chromaShift: chromaShift,
            fullRange: fullRange, orientation: orientation, time: time, owner: self)
    }

    private static func chromaSize(_ width: Int, _ height: Int, _ shift: (x: Int, y: Int)) -> Int {
        ((width + (1 << shift.x) - 1) >> shift.x) * ((height + (1 << shift.y) - 1) >> shift.y)
    }
}
