import Base
import CFFmpeg

extension Frame {
    /// A frame over the planes of a picture in a readable format; the picture lives as long as the frame.
    init(_ picture: Picture, fullRange: Bool, orientation: Orientation, time: Double) {
        let layout = PixelLayout(picture.format)
        precondition(layout.isReadableInPlace, "a frame over \(picture.format)")
        let chroma =
            layout.isGrey ? nil : (cb: layout.plane(1, of: picture), cr: layout.plane(2, of: picture))
        self.init(
            width: picture.width, height: picture.height, luma: layout.plane(0, of: picture), chroma: chroma,
            chromaShift: (Int(layout.descriptor.log2_chroma_w), Int(layout.descriptor.log2_chroma_h)),
            bitDepth: layout.bitDepth, fullRange: fullRange, orientation: orientation, time: time, owner: picture)
    }
}
