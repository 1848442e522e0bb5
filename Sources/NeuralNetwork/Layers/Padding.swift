import CKernels

/// One image of a map with a border of zeros around it, as convolutions read it.
struct PaddedImage {
    let base: UnsafeMutablePointer<Float>
    let height: Int
    let width: Int
    let channels: Int
    let border: Int

    init(_ base: UnsafeMutablePointer<Float>, _ shape: MapShape, border: Int) {
        (self.base, self.border, channels) = (base, border, shape.channels)
        (height, width) = (shape.height + 2 * border, shape.width + 2 * border)
    }

    /// Floats that `init`'s memory must hold.
    static func count(_ shape: MapShape, border: Int) -> Int {
        (shape.height + 2 * border) * (shape.width + 2 * border) * shape.channels
    }

    /// First float of row `i` of the image without its border.
    func row(_ i: Int) -> UnsafeMutablePointer<Float> { base + ((i + border) * width + border) * channels }

    func clear() { base.update(repeating: 0, count: height * width * channels) }

    /// Image number `image` of `map`, normalised and activated.
    func load(_ map: FeatureMap, image: Int) {
        fillBorder()
        let shape = map.shape
        for i in 0..<shape.height {
            map.read(image * shape.area + i * shape.width, shape.width, into: row(i), stride: channels)
        }
    }

    /// Plain rows, [height, width, channels] without border.
    func load(_ rows: UnsafePointer<Float>) {
        fillBorder()
        let inner = (width - 2 * border) * channels
        for i in 0..<(height - 2 * border) { row(i).update(from: rows + i * inner, count: inner) }
    }

    /// Adds the image without its border to the gradient of image number `image` of `map`.
    func addGradient(to map: FeatureMap, image: Int) {
        let shape = map.shape
        for i in 0..<shape.height {
            map.addGradient(image * shape.area + i * shape.width, shape.width, row(i), stride: channels)
        }
    }

    private func fillBorder() {
        let edge = border * width * channels
        let side = border * channels
        base.update(repeating: 0, count: edge)
        (base + (height - border) * width * channels).update(repeating: 0, count: edge)
        for i in 0..<(height - 2 * border) {
            (row(i) - side).update(repeating: 0, count: side)
            (row(i) + (width - 2 * border) * channels).update(repeating: 0, count: side)
        }
    }
}
