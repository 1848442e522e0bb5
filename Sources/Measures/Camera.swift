import Base

/// A pinhole camera without distortion: what places in a picture say about directions in space.
package struct Camera: Sendable, Equatable {
    /// Focal length in pixels.
    package var focalLength: Double
    /// Pixel at which the optical axis meets the picture.
    package var centre: Point

    package init(focalLength: Double, centre: Point) { (self.focalLength, self.centre) = (focalLength, centre) }

    /// The camera of a picture of this size, as displayed. `focalLength`: in pixels; nil where nobody knows it: 500 for 640×480 and in
    /// proportion for other sizes, mean of width and height, as OpenFace assumes.
    package init(width: Int, height: Int, focalLength: Double? = nil) {
        let (width, height) = (Double(width), Double(height))
        self.init(
            focalLength: focalLength ?? (500 * width / 640 + 500 * height / 480) / 2,
            centre: Point(width - 1, height - 1) / 2)
    }

    /// The pixel at which a point before the camera shows.
    package func project(_ point: SIMD3<Double>) -> Point {
        centre + Point(point.x, point.y) * (focalLength / point.z)
    }
}
