import CFFmpeg

/// Converts pictures to another format or size, in BT.601; keeps its tables while size and format stay.
final class PictureScaler {  // thread-bound
    /// One side of a conversion.
    struct Side: Equatable {
        let width: Int
        let height: Int
        let format: AVPixelFormat
        /// Whether Y, Cb, Cr or grey span all values; nothing to red, green and blue.
        var fullRange: Bool
    }

    private struct Setup: Equatable {
        let source: Side
        let target: Side
        let flags: Int32
    }

    private var context: OpaquePointer?
    private var setup: Setup?

    deinit { sws_freeContext(context) }

    /// A new picture of the given size, format and range; nil where FFmpeg cannot convert from that format.
    ///
    /// `sourceFullRange` is the range of the source, `flags` is swscale's filter.
    func scaled(_ source: Picture, sourceFullRange: Bool, to target: Side, flags: Int32) -> Picture? {
        var side = Side(
            width: source.width, height: source.height, format: source.format, fullRange: sourceFullRange)
        var target = target
        let (fromGrey, toGrey) = (PixelLayout(side.format).isGrey, PixelLayout(target.format).isGrey)
        // swscale takes every grey as full range: where both sides are alike, both are declared full.
        if fromGrey != toGrey, side.fullRange == target.fullRange, !PixelLayout(target.format).isColourSpaceForeign {
            (side.fullRange, target.fullRange) = (true, true)
        } else if fromGrey, !toGrey, !side.fullRange {
            let planes = Side(width: side.width, height: side.height, format: AV_PIX_FMT_YUV444P, fullRange: false)
            return PictureScaler().scaled(source, sourceFullRange: false, to: planes, flags: SWS_POINT).flatMap {
                scaled($0, sourceFullRange: false, to: target, flags: flags)
            }
        }
        prepare(Setup(source: side, target: target, flags: flags | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP))
        guard let context else { return nil }
        let result = Picture()
        result.pointer.pointee.width = Int32(target.width)
        result.pointer.pointee.height = Int32(target.height)
        result.pointer.pointee.format = target.format.rawValue
        result.pointer.pointee.color_range = target.fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        guard av_frame_get_buffer(result.pointer, 0) >= 0 else { return nil }
        return sws_scale_frame(context, result.pointer, source.pointer) >= 0 ? result : nil
    }

    /// The picture itself where a `Frame` can point into it, else one in `nearestReadable`; nil as above.
    func readable(_ picture: Picture) -> Picture? {
        let layout = PixelLayout(picture.format)
        if layout.isReadableInPlace { return picture }
        let full = layout.isColourSpaceForeign || picture.isFullRange
        let target = Side(
            width: picture.width, height: picture.height, format: layout.nearestReadable, fullRange: full)
        return scaled(picture, sourceFullRange: full, to: target, flags: SWS_POINT)
    }

    /// Ranges are set before the context is made: it picks its plain copies, which know no ranges, right then.
    private func prepare(_ wanted: Setup) {
        guard wanted != setup else { return }
        sws_freeContext(context)
        (context, setup) = (sws_alloc_context(), wanted)
        guard let context else { return }
        let options = UnsafeMutableRawPointer(context)
        for (prefix, side) in [("src", wanted.source), ("dst", wanted.target)] {
            av_opt_set_int(options, prefix + "w", Int64(side.width), 0)
            av_opt_set_int(options, prefix + "h", Int64(side.height), 0)
            av_opt_set_int(options, prefix + "_format", Int64(side.format.rawValue), 0)
            av_opt_set_int(options, prefix + "_range", side.fullRange ? 1 : 0, 0)
        }
        av_opt_set_int(options, "sws_flags", Int64(wanted.flags), 0)
        if sws_init_context(context, nil, nil) < 0 {
            sws_freeContext(context)
            self.context = nil
        }
    }
}
