/// One plane of a picture: where its samples lie in memory that the frame's owner keeps alive.
public struct Plane: @unchecked Sendable {  // Sendable: read-only memory, kept by `Frame.owner`
    /// First sample.
    public let base: UnsafeRawPointer
    /// Bytes from one row to the next.
    public let rowStride: Int
    /// Bytes from one sample to the next: 1 in planar 8-bit pictures, 2 in NV12's chroma and YUYV's luma, 4 in YUYV's chroma.
    public let sampleStride: Int

    public init(base: UnsafeRawPointer, rowStride: Int, sampleStride: Int) {
        (self.base, self.rowStride, self.sampleStride) = (base, rowStride, sampleStride)
    }
}

/// How the stored picture is turned and flipped to be shown: the display matrix in eight cases.
public struct Orientation: Sendable, Equatable {
    /// Clockwise quarter turns, 0…3, after the flip.
    public let quarterTurns: Int
    /// Left and right are swapped before turning.
    public let mirrored: Bool

    public init(quarterTurns: Int = 0, mirrored: Bool = false) {
        (self.quarterTurns, self.mirrored) = (((quarterTurns % 4) + 4) % 4, mirrored)
    }
}

/// One picture as the decoder or camera delivered it: Y, Cb, Cr planes, never converted, and its time.
///
/// Planar, semi-planar (NV12), packed (YUYV, UYVY) and grey pictures are all three strided planes.
public struct Frame: Sendable {
    /// Stored size in luma samples, before `orientation`.
    public let width: Int
    public let height: Int
    public let luma: Plane
    /// Cb and Cr; nil in grey and infrared pictures.
    public let chroma: (blue: Plane, red: Plane)?
    /// log2 of the horizontal and vertical chroma subsampling: (1, 1) for 4:2:0, (1, 0) for 4:2:2.
    public let chromaShift: (x: Int, y: Int)
    /// Significant bits of a sample, in the low bits: 8 (one byte), 9…16 (two bytes, little-endian).
    public let bitDepth: Int
    /// True: Y, Cb, Cr span 0…255. False: Y 16…235, Cb and Cr 16…240 (scaled by 2^(bitDepth−8)).
    public let fullRange: Bool
    public let orientation: Orientation
    /// Seconds from the first frame, by the source's clock.
    public var time: Double
    /// Keeps the planes' memory alive.
    public let owner: any AnyObject & Sendable

    public init(
        width: Int, height: Int, luma: Plane, chroma: (blue: Plane, red: Plane)? = nil,
        chromaShift: (x: Int, y: Int) = (0, 0), bitDepth: Int = 8, fullRange: Bool = false,
        orientation: Orientation = Orientation(), time: Double = 0, owner: any AnyObject & Sendable
    ) {
        (self.width, self.height, self.luma, self.chroma) = (width, height, luma, chroma)
        (self.chromaShift, self.bitDepth, self.fullRange) = (chromaShift, bitDepth, fullRange)
        (self.orientation, self.time, self.owner) = (orientation, time, owner)
    }

    /// Size as displayed.
    public var displayWidth: Int { orientation.quarterTurns.isMultiple(of: 2) ? width : height }
    public var displayHeight: Int { orientation.quarterTurns.isMultiple(of: 2) ? height : width }
}
