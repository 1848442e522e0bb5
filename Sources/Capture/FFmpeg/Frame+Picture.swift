import Base
import CFFmpeg

extension Frame {
    /// A frame over the planes of a picture in a readable format; the picture lives as long as the frame.
    init(_ picture: Picture, fullRange: Bool, orientation: Orientation, time: Double) {
        let layout = PixelLayout(picture.format)
        precondition(layout.isReadableInPlace, "a frame over \(picture.format)")
        let chroma =
            layout.isGrey ? nil : (blue: layout.plane(1, of: picture), red: layout.plane(2, of: picture))
        self.init(
            width: picture.width, height: picture.height, luma: layout.plane(0, of: picture), chroma: chroma,
            chromaShift: (Int(layout.descriptor.log2_chroma_w), Int(layout.descriptor.log2_chroma_h)),
            bitDepth: layout.bitDepth, fullRange: fullRange, orientation: orientation, time: time, owner: picture)
    }
}

extension Orientation {
    /// From a display matrix: 9 numbers, rows of (stored x, stored y, shift) to (shown x, shown y); nearest quarter turn.
    init(displayMatrix matrix: UnsafePointer<Int32>) {
        let (a, b, c, d) = (Double(matrix[0]), Double(matrix[1]), Double(matrix[3]), Double(matrix[4]))
        let mirrored = a * d - b * c < 0
        // Where stored "right" points to once shown; a mirrored picture had its left there.
        let (right, down) = mirrored ? (-a, -b) : (a, b)
        let turns = abs(right) >= abs(down) ? (right >= 0 ? 0 : 2) : (down >= 0 ? 1 : 3)
        self.init(quarterTurns: turns, mirrored: mirrored)
    }
}
