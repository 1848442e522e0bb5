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
    /// Seconds from the first frame, by the source's clock.
    package var time: Double
    /// Keeps the planes' memory alive.
    package let owner: any AnyObject & Sendable

    package init(
        width: Int, height: Int, luma: Plane, chroma: (cb: Plane, cr: Plane)? = nil,
        chromaShift: (x: Int, y: Int) = (0, 0), bitDepth: Int = 8, fullRange: Bool = false,
        orientation: Orientation = Orientation(), time: Double = 0, owner: any AnyObject & Sendable
    ) {
        (self.width, self.height, self.luma, self.chroma) = (width, height, luma, chroma)
        (self.chromaShift, self.bitDepth, self.fullRange) = (chromaShift, bitDepth, fullRange)
        (self.orientation, self.time, self.owner) = (orientation, time, owner)
    }

    /// Size as displayed.
    package var displayWidth: Int { orientation.quarterTurns.isMultiple(of: 2) ? width : height }
    package var displayHeight: Int { orientation.quarterTurns.isMultiple(of: 2) ? height : width }
}
