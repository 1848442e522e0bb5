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
