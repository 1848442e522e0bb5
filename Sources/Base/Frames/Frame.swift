/// One plane of a picture: where its samples lie in memory that the frame's owner keeps alive.
package struct Plane: @unchecked Sendable {  // Sendable: read-only memory, kept by `Frame.owner`
    /// First sample.
    package let base: UnsafeRawPointer
    /// Bytes from one row to the next.
    package let rowStride: Int
    /// Bytes from one sample to the next: 1 in planar 8-bit pictures, 2 in NV12's chroma and YUYV's luma, 4 in YUYV's chroma.
    package let sampleStride: Int

    package init(base: UnsafeRawPointer, rowStride: Int, sampleStride: Int) {
        (self.base, self.rowStride, self.sampleStride) = (base, rowStride, sampleStride)
    }
}

/// How the stored picture is turned and flipped to be shown: the display matrix in eight cases.
package struct Orientation: Sendable, Equatable {
    /// Clockwise quarter turns, 0…3, after the flip.
    package let quarterTurns: Int
    /// Left and right are swapped before turning.
    package let mirrored: Bool

    package init(quarterTurns: Int = 0, mirrored: Bool = false) {
        (self.quarterTurns, self.mirrored) = (((quarterTurns % 4) + 4) % 4, mirrored)
    }
}

/// One picture as the decoder or camera delivered it: Y, Cb, Cr planes, never converted, and its time.
///
/// Planar, semi-planar (NV12), packed (YUYV, UYVY) and grey pictures are all three strided planes.
package struct Frame: Sendable {
    /// Stored size in luma samples, before `orientation`.
    package let width: Int
    package let height: Int
    package let luma: Plane
    /// Cb and Cr; nil in grey and infrared pictures.
    package let chroma: (cb: Plane, cr: Plane)?
    /// log2 of the horizontal and vertical chroma subsampling: (1, 1) for 4:2:0, (1, 0) for 4:2:2.
    package let chromaShift: (x: Int, y: Int)
    /// Significant bits of a sample, in the low bits: 8 (one byte), 9…16 (two bytes, little-endian).
    package let bitDepth: Int
    /// True: Y, Cb, Cr span 0…255. False: Y 16…235, Cb and Cr 16…240 (scaled by 2^(bitDepth−8)).
    package let fullRange: Bool
    package let orientation: Orientation
    /// Shape of the stored picture's pixels, before `orientation`.
    package let pixelShape: PixelShape
    /// Seconds from the first frame, by the source's clock.
    package var time: Double
    /// Keeps the planes' memory alive.
    package let owner: any AnyObject & Sendable

    package init(
        width: Int, height: Int, luma: Plane, chroma: (cb: Plane, cr: Plane)? = nil,
        chromaShift: (x: Int, y: Int) = (0, 0), bitDepth: Int = 8, fullRange: Bool = false,
        orientation: Orientation = Orientation(), pixelShape: PixelShape = PixelShape(), time: Double = 0,
        owner: any AnyObject & Sendable
    ) {
        (self.width, self.height, self.luma, self.chroma) = (width, height, luma, chroma)
        (self.chromaShift, self.bitDepth, self.fullRange) = (chromaShift, bitDepth, fullRange)
        (self.orientation, self.pixelShape, self.time, self.owner) = (orientation, pixelShape, time, owner)
    }

    /// Size as displayed.
    package var displayWidth: Int { orientation.quarterTurns.isMultiple(of: 2) ? width : height }
    package var displayHeight: Int { orientation.quarterTurns.isMultiple(of: 2) ? height : width }

    /// Shape of the displayed picture's pixels.
    package var displayedPixelShape: PixelShape {
        orientation.quarterTurns.isMultiple(of: 2) ? pixelShape : pixelShape.turned
    }

    /// Size as displayed, stretched until pixels are square.
    package var squareSize: (width: Int, height: Int) {
        displayedPixelShape.squareSize(width: displayWidth, height: displayHeight)
    }
}

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
    package func frame(
        fullRange: Bool, time: Double = 0, orientation: Orientation = Orientation(),
        pixelShape: PixelShape = PixelShape()
    ) -> Frame {
        func strided(_ index: Int, _ rowStride: Int) -> Plane {
            Plane(base: UnsafeRawPointer(plane(index).baseAddress!), rowStride: rowStride, sampleStride: 1)
        }
        let chroma = hasChroma ? (cb: strided(1, chromaWidth), cr: strided(2, chromaWidth)) : nil
        return Frame(
            width: width, height: height, luma: strided(0, width), chroma: chroma, chromaShift: chromaShift,
            fullRange: fullRange, orientation: orientation, pixelShape: pixelShape, time: time, owner: self)
    }

    private static func chromaSize(_ width: Int, _ height: Int, _ shift: (x: Int, y: Int)) -> Int {
        ((width + (1 << shift.x) - 1) >> shift.x) * ((height + (1 << shift.y) - 1) >> shift.y)
    }
}
