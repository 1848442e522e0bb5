/// Size of a feature map: `batch` images of `height`×`width` positions with `channels` numbers each, channels last.
public struct MapShape: Sendable, Equatable, CustomStringConvertible {
    public let batch: Int
    public let height: Int
    public let width: Int
    public let channels: Int

    public init(batch: Int, height: Int, width: Int, channels: Int) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
    }

    /// Positions of one image.
    public var area: Int { height * width }
    /// Positions of all images: rows of the matrix that the map is to a pointwise convolution.
    public var rows: Int { batch * area }
    public var count: Int { rows * channels }
    public var description: String { "[\(batch), \(height), \(width), \(channels)]" }

    func with(height: Int? = nil, width: Int? = nil, channels: Int? = nil) -> MapShape {
        MapShape(
            batch: batch, height: height ?? self.height, width: width ?? self.width,
            channels: channels ?? self.channels)
    }
}
