import CKernels
import Glibc

// A spatial transformer restricted to similarities. Source: Jaderberg et al. 2015, "Spatial transformer networks"; here the map comes
// from the landmarks found so far, as it does between the frames of a video.
//
// A similarity is a map [N, 1, 1, 4] of a, b, tx, ty: p → (a·x − b·y + tx, b·x + a·y + ty), in units 0…1 of the maps that it joins;
// place i of n is at (i + 0.5)/n.

/// The similarity that brings a template nearest to the points found, in the sense of least squares.
///
/// Shapes: points `[N, 1, 1, 2L]` (all x, then all y), template `[2L]`, output `[N, 1, 1, 4]`. Linear in the points, so that it costs
/// next to nothing forward and backward. A cut that no tracker would lay (half or twice the size, turned by more than 60°, or off by
/// half a crop) is the identity instead, and has no gradient.
final class SimilarityFit: Layer {
    let name: String
    private let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }
    private let template: Parameter
    private var isIdentity: [Bool]

    init(_ name: String, input: FeatureMap, template: Parameter, infers: Bool) {
        precondition(
            input.isPlain && input.shape.area == 1 && input.shape.channels == template.count,
            "\(name): \(input.shape) for a template of \(template.count)")
        (self.name, self.input, self.template) = (name, input, template)
        output = FeatureMap(input.shape.with(channels: 4), needsGradient: !infers)
        isIdentity = [Bool](repeating: false, count: input.shape.batch)
    }

    private var points: Int { template.count / 2 }

    /// Centre of the template and the sum of squares about it.
    private var moments: (x: Float, y: Float, square: Float) {
        let (values, count) = (template.values, points)
        var (x, y, square): (Float, Float, Float) = (0, 0, 0)
        for i in 0..<count { (x, y) = (x + values[i] / Float(count), y + values[count + i] / Float(count)) }
        for i in 0..<count {
            square += (values[i] - x) * (values[i] - x) + (values[count + i] - y) * (values[count + i] - y)
        }
        return (x, y, square)
    }

    func forward() {
        let (values, count, centre) = (template.values, points, moments)
        for image in 0..<input.shape.batch {
            let p = input.values.base + image * 2 * count
            var (a, b, x, y): (Float, Float, Float, Float) = (0, 0, 0, 0)
            for i in 0..<count {
                let (qx, qy) = (values[i] - centre.x, values[count + i] - centre.y)
                a += qx * p[i] + qy * p[count + i]
                b += qx * p[count + i] - qy * p[i]
                (x, y) = (x + p[i] / Float(count), y + p[count + i] / Float(count))
            }
            (a, b) = centre.square > 0 ? (a / centre.square, b / centre.square) : (0, 0)
            var cut = SIMD4(a, b, x - a * centre.x + b * centre.y, y - b * centre.x - a * centre.y)
            isIdentity[image] = !Self.isSensible(cut)
            if isIdentity[image] { cut = SIMD4(1, 0, 0, 0) }
            for k in 0..<4 { output.values[image * 4 + k] = cut[k] }
        }
    }

    private static func isSensible(_ cut: SIMD4<Float>) -> Bool {
        let scale = (cut.x * cut.x + cut.y * cut.y).squareRoot()
        let (x, y) = ((cut.x - cut.y) / 2 + cut.z, (cut.y + cut.x) / 2 + cut.w)
        return 0.5...2 ~= scale && cut.x > 0.5 * scale && abs(x - 0.5) < 0.5 && abs(y - 0.5) < 0.5
    }

    func backward() {
        output.finishGradient()
        let (values, count, centre) = (template.values, points, moments)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { dp in
            for image in 0..<input.shape.batch {
                let g = output.gradient.base + image * 4
                let isFixed = isIdentity[image]
                let a = isFixed ? 0 : (g[0] - centre.x * g[2] - centre.y * g[3]) / centre.square
                let b = isFixed ? 0 : (g[1] + centre.y * g[2] - centre.x * g[3]) / centre.square
                let (x, y) = isFixed ? (0, 0) : (g[2] / Float(count), g[3] / Float(count))
                for i in 0..<count {
                    let (qx, qy) = (values[i] - centre.x, values[count + i] - centre.y)
                    dp[i] = a * qx - b * qy + x
                    dp[count + i] = a * qy + b * qx + y
                }
                input.addGradient(image, 1, dp.baseAddress!, stride: 2 * count)
            }
        }
        input.gradientAdded()
    }
}

/// One similarity after another: `outer` ∘ `inner`. Shapes: all `[N, 1, 1, 4]`.
final class SimilarityComposition: Layer {
    let name: String
    private let outer: FeatureMap
    private let inner: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [outer, inner] }
    var outputs: [FeatureMap] { [output] }

    init(_ name: String, outer: FeatureMap, inner: FeatureMap, infers: Bool) {
        precondition(outer.isPlain && inner.isPlain && outer.shape == inner.shape && outer.shape.channels == 4, name)
        (self.name, self.outer, self.inner) = (name, outer, inner)
        output = FeatureMap(outer.shape, needsGradient: !infers)
    }

    func forward() {
        for image in 0..<outer.shape.batch {
            let (f, g, y) = (
                outer.values.base + 4 * image, inner.values.base + 4 * image, output.values.base + 4 * image
            )
            y[0] = f[0] * g[0] - f[1] * g[1]
            y[1] = f[1] * g[0] + f[0] * g[1]
            y[2] = f[0] * g[2] - f[1] * g[3] + f[2]
            y[3] = f[1] * g[2] + f[0] * g[3] + f[3]
        }
    }

    func backward() {
        output.finishGradient()
        for image in 0..<outer.shape.batch {
            let (f, g, d) = (
                outer.values.base + 4 * image, inner.values.base + 4 * image, output.gradient.base + 4 * image
            )
            let toOuter = [
                d[0] * g[0] + d[1] * g[1] + d[2] * g[2] + d[3] * g[3],
                d[1] * g[0] - d[0] * g[1] + d[3] * g[2] - d[2] * g[3], d[2], d[3],
            ]
            let toInner = [
                d[0] * f[0] + d[1] * f[1], d[1] * f[0] - d[0] * f[1], d[2] * f[0] + d[3] * f[1],
                d[3] * f[0] - d[2] * f[1],
            ]
            outer.addGradient(image, 1, toOuter, stride: 4)
            inner.addGradient(image, 1, toInner, stride: 4)
        }
        outer.gradientAdded()
        inner.gradientAdded()
    }
}

/// Points carried by a similarity. Shapes: points and output `[N, 1, 1, 2L]` (all x, then all y), similarity `[N, 1, 1, 4]`.
final class SimilarityTransform: Layer {
    let name: String
    private let points: FeatureMap
    private let map: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [points, map] }
    var outputs: [FeatureMap] { [output] }

    init(_ name: String, points: FeatureMap, map: FeatureMap, infers: Bool) {
        precondition(points.isPlain && map.isPlain && points.shape.area == 1 && map.shape.channels == 4, name)
        (self.name, self.points, self.map) = (name, points, map)
        output = FeatureMap(points.shape, needsGradient: !infers)
    }

    private var count: Int { points.shape.channels / 2 }

    func forward() {
        for image in 0..<points.shape.batch {
            let (p, y) = (points.values.base + image * 2 * count, output.values.base + image * 2 * count)
            let t = map.values.base + image * 4
            for i in 0..<count {
                y[i] = t[0] * p[i] - t[1] * p[count + i] + t[2]
                y[count + i] = t[1] * p[i] + t[0] * p[count + i] + t[3]
            }
        }
    }

    func backward() {
        output.finishGradient()
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { dp in
            for image in 0..<points.shape.batch {
                let (p, d) = (points.values.base + image * 2 * count, output.gradient.base + image * 2 * count)
                let t = map.values.base + image * 4
                var sums = [Float](repeating: 0, count: 4)
                for i in 0..<count {
                    let (x, y, dx, dy) = (p[i], p[count + i], d[i], d[count + i])
                    dp[i] = t[0] * dx + t[1] * dy
                    dp[count + i] = t[0] * dy - t[1] * dx
                    sums[0] += dx * x + dy * y
                    sums[1] += dy * x - dx * y
                    (sums[2], sums[3]) = (sums[2] + dx, sums[3] + dy)
                }
                points.addGradient(image, 1, dp.baseAddress!, stride: 2 * count)
                map.addGradient(image, 1, sums, stride: 4)
            }
        }
        points.gradientAdded()
        map.gradientAdded()
    }
}
