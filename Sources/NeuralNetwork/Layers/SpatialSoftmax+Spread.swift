extension SpatialSoftmax {
    /// Mean and covariance of a heatmap, crop units.
    package struct Spread: Sendable {
        package var mean: SIMD2<Float>
        /// xx, xy, yy.
        package var covariance: SIMD3<Float>

        package init(mean: SIMD2<Float>, covariance: SIMD3<Float>) { (self.mean, self.covariance) = (mean, covariance) }
    }

    /// Spread of each landmark's heatmap in image `image`.
    package func spreads(image: Int) -> [Spread] {
        var sums = [Float](repeating: 0, count: 5 * points)
        let p = heat.image(image)
        sums.withUnsafeMutableBufferPointer { sums in
            eachPlace { place, x, y in
                let row = p.baseAddress! + place * points
                for l in 0..<points {
                    let value = row[l]
                    sums[l] += value * x
                    sums[points + l] += value * y
                    sums[2 * points + l] += value * (x * x)
                    sums[3 * points + l] += value * (x * y)
                    sums[4 * points + l] += value * (y * y)
                }
            }
        }
        return (0..<points).map { l in
            let m = (0..<5).map { sums[$0 * points + l] / gain }
            return Spread(
                mean: SIMD2(m[0], m[1]),
                covariance: SIMD3(m[2] - m[0] * m[0], m[3] - m[0] * m[1], m[4] - m[1] * m[1]))
        }
    }

    /// Writes the gradient with regard to `heat` of one image for a loss of the spreads: `mean` and `covariance` are its gradients
    /// (xy counts once), about the spreads as `spreads` gave them.
    package func spreadGradient(
        of spreads: [Spread], _ gradients: [Spread], into target: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(spreads.count == points && gradients.count == points && target.count == heat.image(0).count)
        // Per landmark: g = c₀ + c₁x + c₂y + c₃x² + c₄xy + c₅y²; a constant is void behind a softmax, and left out.
        var factors = [Float](repeating: 0, count: 5 * points)
        for l in 0..<points {
            let (m, d, s) = (spreads[l].mean, gradients[l].mean, gradients[l].covariance)
            factors[l] = (d.x - 2 * s.x * m.x - s.y * m.y) / gain
            factors[points + l] = (d.y - 2 * s.z * m.y - s.y * m.x) / gain
            for k in 0..<3 { factors[(2 + k) * points + l] = s[k] / gain }
        }
        factors.withUnsafeBufferPointer { f in
            eachPlace { place, x, y in
                let row = target.baseAddress! + place * points
                for l in 0..<points {
                    row[l] =
                        f[l] * x + f[points + l] * y + f[2 * points + l] * (x * x) + f[3 * points + l] * (x * y)
                        + f[4 * points + l] * (y * y)
                }
            }
        }
    }

    /// Places in the order in which they lie in memory, with their units.
    private func eachPlace(_ body: (_ place: Int, _ x: Float, _ y: Float) -> Void) {
        let (height, width) = (heat.shape.height, heat.shape.width)
        var place = 0
        for row in 0..<height {
            for column in 0..<width {
                for part in 0..<(sub * sub) {
                    let (i, j) = (row * sub + part / sub, column * sub + part % sub)
                    body(place, (Float(j) + 0.5) / Float(width * sub), (Float(i) + 0.5) / Float(height * sub))
                    place += 1
                }
            }
        }
    }
}
