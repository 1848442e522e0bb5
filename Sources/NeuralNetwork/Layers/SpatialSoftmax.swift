import CKernels

/// Where a heatmap's position is taken from.
package enum Decoding: Sendable, Equatable {
    /// Mean over the whole map: Σ p·x.
    case expectation
    /// Mean over the cells at most `radius` from the peak, renormalised.
    case window(radius: Int)
}

/// Softmax over all places of a map, for each landmark, and the position that it stands for.
///
/// Shapes: input `[N, H, W, s²·L]`, where the channels of a cell are s×s places of the fine map (side s·W) with L landmarks each, so
/// that nothing has to be shuffled; `heat` alike, holding gain·p; `position` `[N, 1, 1, 2L]`: all x, then all y, in crop units 0…1
/// (place i of n is at (i + 0.5)/n).
package final class SpatialSoftmax: Layer {
    package let name: String
    private let input: FeatureMap
    package var inputs: [FeatureMap] { [input] }
    package var outputs: [FeatureMap] { [heat, position] }
    package let heat: FeatureMap
    package let position: FeatureMap
    package let points: Int
    /// Places of the fine map along a cell: s.
    package let sub: Int
    package let gain: Float
    private let decoding: Decoding
    /// What readers of the input see; nothing where the input is read in place.
    private let logits: Tensor
    private let logSum: Tensor
    private let peaks: Tensor
    private let centersX: Tensor
    private let centersY: Tensor
    private let heatGradient: Tensor

    init(_ name: String, input: FeatureMap, points: Int, sub: Int, gain: Float, decoding: Decoding, infers: Bool) {
        let shape = input.shape
        precondition(shape.channels == sub * sub * points, "\(name): \(shape) for \(points) points, \(sub)×\(sub)")
        precondition(points <= 512 && sub <= 2, "\(name): more than the kernels take")
        (self.name, self.input, self.points, self.sub, self.gain) = (name, input, points, sub, gain)
        self.decoding = decoding
        heat = FeatureMap(shape, needsGradient: !infers)
        position = FeatureMap(shape.with(height: 1, width: 1, channels: 2 * points), needsGradient: !infers)
        logits = Tensor(zeros: infers ? 0 : shape.count)
        logSum = Tensor(zeros: shape.batch * points)
        peaks = Tensor(zeros: shape.batch * points)
        heatGradient = Tensor(zeros: infers ? 0 : shape.area * shape.channels)
        centersX = Self.centers(shape.width * sub)
        centersY = Self.centers(shape.height * sub)
    }

    private static func centers(_ count: Int) -> Tensor {
        let centers = Tensor(zeros: count)
        for i in 0..<count { centers[i] = (Float(i) + 0.5) / Float(count) }
        return centers
    }

    private var imageCount: Int { input.shape.area * input.shape.channels }
    private var size: (rows: Int32, columns: Int32, sub: Int32, points: Int32) {
        (Int32(input.shape.height), Int32(input.shape.width), Int32(sub), Int32(points))
    }

    package func forward() {
        let isRead = logits.count > 0
        if isRead { input.read(0, input.shape.rows, into: logits.base, stride: input.shape.channels) }
        let values = isRead ? logits.base : input.values.base
        for image in 0..<input.shape.batch {
            let p = heat.values.base + image * imageCount
            lm_spatial_softmax(
                p, logSum.base + image * points, peaks.base + image * points, values + image * imageCount,
                input.shape.area,
                size.sub * size.sub,
                size.points, gain)
            let xy = position.values.base + image * 2 * points
            switch decoding {
            case .expectation:
                lm_expectation(
                    xy, p, size.rows, size.columns, size.sub, size.points, centersX.base, centersY.base, gain)
            case .window(let radius):
                for point in 0..<points { (xy[point], xy[points + point]) = windowMean(p, point, radius).mean }
            }
        }
    }

    package func backward() {
        heat.finishGradient()
        position.finishGradient()
        for image in 0..<input.shape.batch {
            let p = heat.values.base + image * imageCount
            let total = heatGradient.base
            total.update(from: heat.gradient.base + image * imageCount, count: imageCount)
            let dxy = position.gradient.base + image * 2 * points
            switch decoding {
            case .expectation:
                lm_expectation_backward(
                    total, dxy, size.rows, size.columns, size.sub, size.points, centersX.base, centersY.base, gain)
            case .window(let radius):
                for point in 0..<points { addWindowGradient(p, point, radius, dxy, to: total) }
            }
            lm_spatial_softmax_backward(
                total, total, p, input.shape.area, size.sub * size.sub, size.points, gain)
            input.addGradient(image * input.shape.area, input.shape.area, total, stride: input.shape.channels)
        }
        input.gradientAdded()
    }

    /// Cross-entropy of image `image`'s maps to the Gaussian-like targets gy⊗gx, mean over landmarks; its gradient, times `weight` for
    /// each landmark, is written to `gradient` (one image's floats, with regard to the logits).
    ///
    /// Shapes: `gx` `[W·s, L]`, `gy` `[H·s, L]`, each column summing to 1.
    package func crossEntropy(
        image: Int, gx: borrowing Tensor, gy: borrowing Tensor, weight: Float,
        gradient: UnsafeMutableBufferPointer<Float>
    ) -> Float {
        precondition(gradient.count == imageCount && points <= 512)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: points) { dot in
            lm_heatmap_loss(
                gradient.baseAddress!, dot.baseAddress!, logits.base + image * imageCount,
                heat.values.base + image * imageCount, size.rows, size.columns, size.sub, size.points, gx.base, gy.base,
                gain, weight)
            var sum: Float = 0
            for point in 0..<points { sum += logSum[image * points + point] - dot[point] }
            return sum / Float(points)
        }
    }

    /// Adds a gradient with regard to the logits, as `crossEntropy` gives it for each image.
    package func addLogitGradient(_ gradient: UnsafeBufferPointer<Float>) { input.addGradient(gradient) }

    /// Highest probability of a landmark's map, 0…1.
    package func peak(image: Int, point: Int) -> Float { peaks[image * points + point] }

    // MARK: Local window

    /// Index of place (row, column) of the fine map for one landmark.
    private func index(_ row: Int, _ column: Int, _ point: Int) -> Int {
        let cell = (row / sub) * input.shape.width + column / sub
        return (cell * sub * sub + (row % sub) * sub + column % sub) * points + point
    }

    private typealias Window = (mean: (Float, Float), mass: Float, rows: Range<Int>, columns: Range<Int>)

    private func windowMean(_ p: UnsafePointer<Float>, _ point: Int, _ radius: Int) -> Window {
        let (height, width) = (input.shape.height * sub, input.shape.width * sub)
        var (best, peakRow, peakColumn): (Float, Int, Int) = (-1, 0, 0)
        for row in 0..<height {
            for column in 0..<width where p[index(row, column, point)] > best {
                (best, peakRow, peakColumn) = (p[index(row, column, point)], row, column)
            }
        }
        let rows = max(0, peakRow - radius)..<min(height, peakRow + radius + 1)
        let columns = max(0, peakColumn - radius)..<min(width, peakColumn + radius + 1)
        var (mass, x, y): (Float, Float, Float) = (0, 0, 0)
        for row in rows {
            for column in columns {
                let value = p[index(row, column, point)]
                (mass, x, y) = (mass + value, x + value * centersX[column], y + value * centersY[row])
            }
        }
        return ((x / mass, y / mass), mass, rows, columns)
    }

    /// ∂mean/∂p = (x − mean)/mass inside the window; the window itself is taken as fixed.
    private func addWindowGradient(
        _ p: UnsafePointer<Float>, _ point: Int, _ radius: Int, _ dxy: UnsafePointer<Float>,
        to total: UnsafeMutablePointer<Float>
    ) {
        let window = windowMean(p, point, radius)
        for row in window.rows {
            for column in window.columns {
                let x = (centersX[column] - window.mean.0) * dxy[point]
                let y = (centersY[row] - window.mean.1) * dxy[points + point]
                total[index(row, column, point)] += (x + y) / window.mass
            }
        }
    }
}

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
