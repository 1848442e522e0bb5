/// Size to which a frame is shrunk for the locator: multiples of 32 along both sides, about 28 672 pixels, in which the frame is as
/// large as it can be.
struct LocatorInputSize: Equatable {
    let width: Int
    let height: Int

    private static let most = 30_720

    /// For a frame of this size.
    init(width: Int, height: Int) {
        let unit = LocatorConfiguration.deepest
        var best = (scale: 0.0, area: 0, width: unit, height: unit)
        for tall in 1...(Self.most / unit / unit) {
            for wide in 1...(Self.most / unit / unit / tall) {
                let scale = Self.scale(width, height, into: wide * unit, tall * unit)
                let area = wide * tall * unit * unit
                if (scale, -area) > (best.scale, -best.area) { best = (scale, area, wide * unit, tall * unit) }
            }
        }
        (self.width, self.height) = (best.width, best.height)
    }

    private static func scale(_ width: Int, _ height: Int, into wide: Int, _ tall: Int) -> Double {
        min(Double(wide) / Double(width), Double(tall) / Double(height))
    }

    /// From pixels of the shrunk frame, in whose middle the frame lies, to the frame's of this size.
    func map(width: Int, height: Int) -> SimilarityMap {
        let scale = Self.scale(width, height, into: self.width, self.height)
        let middle = Point(Double(self.width - 1), Double(self.height - 1)) / 2
        return SimilarityMap(
            scale: 1 / scale, angle: 0, from: middle, to: Point(Double(width - 1), Double(height - 1)) / 2)
    }
}
