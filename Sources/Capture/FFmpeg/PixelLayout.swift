import Base
import CFFmpeg

/// Where a pixel format keeps Y, Cb and Cr, as FFmpeg describes it.
///
/// Planar, semi-planar (NV12, P010), packed (YUYV) and grey formats are all strided planes; the rest is converted.
struct PixelLayout {
    let descriptor: AVPixFmtDescriptor
    private let components: [AVComponentDescriptor]

    init(_ format: AVPixelFormat) {
        guard let descriptor = av_pix_fmt_desc_get(format) else { preconditionFailure("no pixel format \(format)") }
        self.descriptor = descriptor.pointee
        components = (0..<Int32(descriptor.pointee.nb_components)).map { lm_component(descriptor, $0) }
    }

    /// Not Y, Cb, Cr: red, green, blue, palettes, sensor mosaics.
    var isColourSpaceForeign: Bool { has(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER) }

    /// Luma only, with or without an opacity, which is ignored.
    var isGrey: Bool { !isColourSpaceForeign && components.count <= 2 }

    /// Bits of a sample as `Frame` counts them. P010 and its kin keep 10 bits in the high part of 16: those are 16-bit
    /// samples, whose ranges are then right without shifting.
    var bitDepth: Int {
        let luma = components[0]
        return luma.shift > 0 ? Int(luma.depth + luma.shift) : Int(luma.depth)
    }

    /// True where a `Frame` can point at the samples as they are.
    var isReadableInPlace: Bool {
        let foreign =
            AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT
        guard !isColourSpaceForeign, !has(foreign), 8...16 ~= bitDepth else { return false }
        let bytes = bitDepth > 8 ? 2 : 1
        return samples.allSatisfy {
            $0.depth == samples[0].depth && $0.shift == samples[0].shift && $0.step >= bytes
                && ($0.shift == 0 || $0.depth + $0.shift == 16)
        }
    }

    /// A format of ours that holds what this one does: grey stays grey, depth stays, the rest becomes 4:4:4.
    var nearestReadable: AVPixelFormat {
        if isGrey { return bitDepth > 8 ? AV_PIX_FMT_GRAY16LE : AV_PIX_FMT_GRAY8 }
        return bitDepth > 8 && !isColourSpaceForeign ? AV_PIX_FMT_YUV444P16LE : AV_PIX_FMT_YUV444P
    }

    /// Plane of component 0 (Y), 1 (Cb) or 2 (Cr) of a picture of this format.
    func plane(_ index: Int, of picture: Picture) -> Plane {
        let component = components[index]
        let base = lm_frame_data(picture.pointer, component.plane)!
        return Plane(
            base: UnsafeRawPointer(base + Int(component.offset)),
            rowStride: Int(lm_frame_stride(picture.pointer, component.plane)), sampleStride: Int(component.step))
    }

    private var samples: [AVComponentDescriptor] { isGrey ? [components[0]] : Array(components.prefix(3)) }

    private func has(_ flags: Int32) -> Bool { descriptor.flags & UInt64(flags) != 0 }
}

extension Frame {
    /// A frame over the planes of a picture in a readable format; the picture lives as long as the frame.
    init(
        _ picture: Picture, fullRange: Bool, orientation: Orientation, pixelShape: PixelShape = PixelShape(),
        time: Double
    ) {
        let layout = PixelLayout(picture.format)
        precondition(layout.isReadableInPlace, "a frame over \(picture.format)")
        let chroma =
            layout.isGrey ? nil : (cb: layout.plane(1, of: picture), cr: layout.plane(2, of: picture))
        self.init(
            width: picture.width, height: picture.height, luma: layout.plane(0, of: picture), chroma: chroma,
            chromaShift: (Int(layout.descriptor.log2_chroma_w), Int(layout.descriptor.log2_chroma_h)),
            bitDepth: layout.bitDepth, fullRange: fullRange, orientation: orientation, pixelShape: pixelShape,
            time: time,
            owner: picture)
    }
}

extension Frame {
    /// FFmpeg's name for the layout of 8-bit planes, and the planes it counts: planar, NV12 and YUYV alike.
    var ffmpegLayout: (format: AVPixelFormat, planes: [Plane])? {
        guard bitDepth == 8 else { return nil }
        guard let chroma else { return luma.sampleStride == 1 ? (AV_PIX_FMT_GRAY8, [luma]) : nil }
        switch (luma.sampleStride, chroma.cb.sampleStride) {
        case (1, 1): return planarFormat.map { ($0, [luma, chroma.cb, chroma.cr]) }
        case (1, 2) where chromaShift == (1, 1):
            let isCbFirst = chroma.cr.base == chroma.cb.base + 1
            return isCbFirst ? (AV_PIX_FMT_NV12, [luma, chroma.cb]) : (AV_PIX_FMT_NV21, [luma, chroma.cr])
        case (2, 4) where chromaShift == (1, 0):
            if chroma.cb.base == luma.base - 1 { return (AV_PIX_FMT_UYVY422, [chroma.cb]) }
            let isCbFirst = chroma.cb.base == luma.base + 1
            return (isCbFirst ? AV_PIX_FMT_YUYV422 : AV_PIX_FMT_YVYU422, [luma])
        default: return nil
        }
    }

    private var planarFormat: AVPixelFormat? {
        switch chromaShift {
        case (1, 1): AV_PIX_FMT_YUV420P
        case (1, 0): AV_PIX_FMT_YUV422P
        case (0, 1): AV_PIX_FMT_YUV440P
        case (0, 0): AV_PIX_FMT_YUV444P
        case (2, 0): AV_PIX_FMT_YUV411P
        case (2, 2): AV_PIX_FMT_YUV410P
        default: nil
        }
    }
}

/// Where the planes of a picture lie in one piece of memory: one after the other, as V4L2 places them.
struct PackedPlanes {
    let format: AVPixelFormat
    let planes: [(offset: Int, rowStride: Int)]
    /// What a whole picture takes.
    let byteCount: Int

    /// `rowStride` is the first plane's, in bytes, 0 where rows have no padding; the others' are in proportion.
    init(_ format: AVPixelFormat, width: Int, height: Int, rowStride: Int) {
        self.format = format
        var rows: [Int32] = [0, 0, 0, 0]
        _ = av_image_fill_linesizes(&rows, format, Int32(width))
        let packed = max(1, Int(rows[0]))
        let shift = PixelLayout(format).descriptor.log2_chroma_h
        var (planes, offset) = ([(offset: Int, rowStride: Int)](), 0)
        for (index, row) in rows.enumerated() where row > 0 {
            let stride = Int(row) * max(rowStride, packed) / packed
            planes.append((offset, stride))
            offset += stride * (index == 0 ? height : (height + (1 << shift) - 1) >> shift)
        }
        (self.planes, byteCount) = (planes, offset)
    }
}
