import CFFmpeg

/// Converts pictures to another format or size; keeps its tables while size and format stay.
final class PictureScaler {  // thread-bound
    private var context: OpaquePointer?

    deinit { sws_freeContext(context) }

    /// A new picture of the given size and format, in BT.601; nil where FFmpeg cannot convert from that format.
    ///
    /// `sourceFullRange` tells what the source spans where it is Y, Cb, Cr or grey, `fullRange` what the result shall
    /// span; `flags` is swscale's filter.
    func scaled(
        _ source: Picture, sourceFullRange: Bool, width: Int, height: Int, format: AVPixelFormat, fullRange: Bool,
        flags: Int32
    ) -> Picture? {
        context = sws_getCachedContext(
            context, Int32(source.width), Int32(source.height), source.format, Int32(width), Int32(height), format,
            flags | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP, nil, nil, nil)
        guard let context else { return nil }
        let table = sws_getCoefficients(SWS_CS_ITU601)
        _ = sws_setColorspaceDetails(
            context, table, sourceFullRange ? 1 : 0, table, fullRange ? 1 : 0, 0, 1 << 16, 1 << 16)

        let result = Picture()
        result.pointer.pointee.width = Int32(width)
        result.pointer.pointee.height = Int32(height)
        result.pointer.pointee.format = format.rawValue
        result.pointer.pointee.color_range = fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        guard av_frame_get_buffer(result.pointer, 0) >= 0 else { return nil }
        return sws_scale_frame(context, result.pointer, source.pointer) >= 0 ? result : nil
    }

    /// The picture itself where a `Frame` can point into it, else one in `nearestReadable`; nil as above.
    func readable(_ picture: Picture) -> Picture? {
        let layout = PixelLayout(picture.format)
        if layout.isReadableInPlace { return picture }
        let full = layout.isColourSpaceForeign || picture.isFullRange
        return scaled(
            picture, sourceFullRange: full, width: picture.width, height: picture.height,
            format: layout.nearestReadable, fullRange: full, flags: SWS_POINT)
    }
}
