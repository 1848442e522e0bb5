/// Shape of a picture's pixels: square, or wider or narrower than high (DV, DVD, anamorphic recordings).
///
/// "Square" coordinates are those of the picture stretched until its pixels are square. The stretch never shrinks, so that a pixel of
/// the square picture is no larger than one of the picture. As everywhere, a whole number is the centre of a pixel.
package struct PixelShape: Sendable, Equatable {
    /// Width of a pixel over its height.
    package let aspect: Double

    /// Aspects that no camera has (0, negative, beyond 1:8 and 8:1) count as unknown, thus square, as do those within 0.1 % of it.
    package init(aspect: Double = 1) {
        self.aspect = 0.125...8 ~= aspect && abs(aspect - 1) > 0.001 ? aspect : 1
    }

    package var isSquare: Bool { aspect == 1 }

    /// The same pixels of a picture turned by a quarter.
    package var turned: PixelShape { PixelShape(aspect: 1 / aspect) }

    /// Factors from the picture's columns and rows to square pixels.
    private var stretch: Point { aspect >= 1 ? Point(aspect, 1) : Point(1, 1 / aspect) }

    package func squareFromPixels(_ point: Point) -> Point { isSquare ? point : (point + 0.5) * stretch - 0.5 }

    package func pixelsFromSquare(_ point: Point) -> Point { isSquare ? point : (point + 0.5) / stretch - 0.5 }

    /// Size of the stretched picture, in whole pixels.
    package func squareSize(width: Int, height: Int) -> (width: Int, height: Int) {
        let size = (Point(Double(width), Double(height)) * stretch).rounded(.toNearestOrAwayFromZero)
        return (Int(size.x), Int(size.y))
    }
}
