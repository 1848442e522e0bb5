import Base
import CFFmpeg

/// The frame shrunk by averaging so that its longer side is at most `side` pixels; the same frame if it is small enough.
///
/// Range, time and orientation stay. 8-bit planar frames keep their chroma subsampling; others become 8-bit 4:2:0.
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
    return Frame(result, fullRange: frame.fullRange, orientation: frame.orientation, time: frame.time)
}
