import Base

/// Proposes where faces may be in a frame, for a tracker to try. Bound to one thread.
package protocol FaceLocator: AnyObject {
    /// Crops (crop units to picture) that may hold a face in this part of the frame, best first.
    func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap]
}

/// The part of a picture that is searched for faces: a rectangle of whole pixels, which may reach beyond the picture.
package struct SearchWindow: Sendable, Equatable {
    /// Upper left corner, in the picture as displayed with square pixels.
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// All of a frame.
    package init(_ frame: Frame) {
        let size = frame.squareSize
        self.init(x: 0, y: 0, width: size.width, height: size.height)
    }

    /// Four parts that overlap by a fifth of the window, so that faces too small for the locator in all of it are whole in one of them.
    var parts: [SearchWindow] {
        let (wide, tall) = (max(1, width * 3 / 5), max(1, height * 3 / 5))
        return [(0, 0), (1, 0), (0, 1), (1, 1)].map { column, row in
            SearchWindow(
                x: x + column * (width - wide), y: y + row * (height - tall), width: wide, height: tall)
        }
    }

    /// A square of `sides` times the crop's side around a place.
    init(around centre: Point, crop: SimilarityMap, sides: Double) {
        let side = max(1, (sides * crop.scale).rounded())
        let corner = (centre - side / 2).rounded(.toNearestOrEven)
        self.init(x: Int(corner.x), y: Int(corner.y), width: Int(side), height: Int(side))
    }
}

/// Proposes the faces that a locator network sees in a frame, or in a part of it. Bound to one thread.
package final class NetworkLocator: FaceLocator {
    package static let defaultThreshold = 0.2
    /// Presence from which a face is proposed.
    package var threshold = NetworkLocator.defaultThreshold
    /// Most proposals.
    package var proposals = 16
    private let runner: LocatorRunner

    package init(_ model: LocatorModel) { runner = LocatorRunner(model) }

    package func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap] {
        runner.faces(in: frame, window: window, threshold: threshold, limit: proposals).map(\.crop)
    }
}
