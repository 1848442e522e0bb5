import Base
import CFFmpeg

/// A copy of the frame as displayed (turned and flipped), for drawing on: 8-bit 4:2:0, limited range.
///
/// Throws `unusableData` where FFmpeg cannot convert pictures of its layout.
package func displayedCopy(of frame: Frame) throws(LandmarkdError) -> PixelBuffer {
    let fault = LandmarkdError(
        .unusableData, "pictures of \(frame.width)x\(frame.height), \(frame.bitDepth) bits, cannot be drawn on",
        remedy: "convert the video: ffmpeg -i INPUT -c:v libx264 -pix_fmt yuv420p OUTPUT.mp4")
    guard let source = Picture.of(frame) else { throw fault }
    let isPlain = source.format == AV_PIX_FMT_YUV420P && !frame.fullRange
    let scaled =
        isPlain
        ? source
        : PictureScaler().scaled(
            source, sourceFullRange: frame.fullRange,
            to: PictureScaler.Side(
                width: frame.width, height: frame.height, format: AV_PIX_FMT_YUV420P, fullRange: false),
            flags: SWS_BILINEAR)
    guard let scaled else { throw fault }
    let copy = PixelBuffer(width: frame.displayWidth, height: frame.displayHeight)
    let stored = Frame(scaled, fullRange: false, orientation: Orientation(), time: 0)
    guard let planes = stored.chroma else { throw fault }
    let chroma = (width: (frame.width + 1) / 2, height: (frame.height + 1) / 2)
    copyTurned(stored.luma, width: frame.width, height: frame.height, frame.orientation, into: copy.plane(0))
    copyTurned(
        planes.cb, width: chroma.width, height: chroma.height, frame.orientation, into: copy.plane(1))
    copyTurned(
        planes.cr, width: chroma.width, height: chroma.height, frame.orientation, into: copy.plane(2))
    return copy
}

/// Copies an 8-bit plane of the given stored size as displayed, rows without padding.
private func copyTurned(
    _ plane: Plane, width: Int, height: Int, _ orientation: Orientation, into target: UnsafeMutableBufferPointer<UInt8>
) {
    let source = plane.base.assumingMemoryBound(to: UInt8.self)
    let (across, down) = (plane.sampleStride, plane.rowStride)
    let turned = !orientation.quarterTurns.isMultiple(of: 2)
    let (shownWidth, shownHeight) = turned ? (height, width) : (width, height)
    // From a shown pixel to its stored one: where the first lies, and the steps to the right and down.
    let (right, bottom) = ((width - 1) * across, (height - 1) * down)
    var (start, stepX, stepY) =
        switch orientation.quarterTurns {
        case 0: (0, across, down)
        case 1: (bottom, -down, across)
        case 2: (right + bottom, -across, -down)
        default: (right, down, -across)
        }
    if orientation.mirrored {
        // Stored columns run the other way.
        (start, stepX, stepY) =
            switch orientation.quarterTurns {
            case 0: (right, -across, down)
            case 1: (right + bottom, -down, -across)
            case 2: (bottom, across, -down)
            default: (0, down, across)
            }
    }
    for y in 0..<shownHeight {
        let row = source + start + y * stepY
        let out = target.baseAddress! + y * shownWidth
        if stepX == 1 {
            out.update(from: row, count: shownWidth)
        } else {
            for x in 0..<shownWidth { out[x] = row[x * stepX] }
        }
    }
}

/// The frame shrunk by averaging so that its longer side is at most `side` pixels; the same frame if it is small enough.
///
/// Range, time, orientation and the shape of pixels stay. 8-bit planar frames keep their chroma subsampling; others become 8-bit 4:2:0.
package func shrunk(_ frame: Frame, toLongerSide side: Int) -> Frame {
    precondition(side > 0, "shrinking to \(side) pixels")
    let longer = max(frame.width, frame.height)
    guard longer > side else { return frame }
    let width = max(1, (frame.width * side + longer / 2) / longer)
    let height = max(1, (frame.height * side + longer / 2) / longer)
    guard let source = Picture.of(frame) else {
        preconditionFailure("shrinking a frame that is neither FFmpeg's nor planar")
    }
    let format =
        frame.chroma == nil ? AV_PIX_FMT_GRAY8 : Picture(viewing: frame)?.format ?? AV_PIX_FMT_YUV420P
    guard
        let result = PictureScaler().scaled(
            source, sourceFullRange: frame.fullRange,
            to: PictureScaler.Side(width: width, height: height, format: format, fullRange: frame.fullRange),
            flags: SWS_AREA)
    else { preconditionFailure("no memory to shrink a frame") }
    return Frame(
        result, fullRange: frame.fullRange, orientation: frame.orientation, pixelShape: frame.pixelShape,
        time: frame.time)
}
