/// Size of a feature map: `batch` images of `height`×`width` positions with `channels` numbers each, channels last.
package struct MapShape: Sendable, Equatable, CustomStringConvertible {
    package let batch: Int
    package let height: Int
    package let width: Int
    package let channels: Int

    package init(batch: Int, height: Int, width: Int, channels: Int) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
    }

    /// Positions of one image.
    package var area: Int { height * width }
    /// Positions of all images: rows of the matrix that the map is to a pointwise convolution.
    package var rows: Int { batch * area }
    package var count: Int { rows * channels }
    package var description: String { "[\(batch), \(height), \(width), \(channels)]" }

    func with(height: Int? = nil, width: Int? = nil, channels: Int? = nil) -> MapShape {
        MapShape(
            batch: batch, height: height ?? self.height, width: width ?? self.width,
            channels: channels ?? self.channels)
    }
}
