import Base

/// The part of a picture that is searched for faces: a rectangle of whole pixels, which may reach beyond the picture.
public struct SearchWindow: Sendable, Equatable {
    /// Upper left corner, pixels of the picture as displayed.
    public var x: Int
    public var y: Int
    public var width: Int
    public var height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// All of a frame.
    public init(_ frame: Frame) {
        self.init(x: 0, y: 0, width: frame.displayWidth, height: frame.displayHeight)
    }

    /// A square of `sides` times the crop's side around a place.
    init(around centre: Point, crop: SimilarityMap, sides: Double) {
        let side = max(1, (sides * crop.scale).rounded())
        let corner = (centre - side / 2).rounded(.toNearestOrEven)
        self.init(x: Int(corner.x), y: Int(corner.y), width: Int(side), height: Int(side))
    }
}
