import CKernels
import Glibc

/// A map cut again: output(u) = input(similarity(u)), bilinear, zero outside.
///
/// Shapes: input `[N, H, W, C]`, similarity `[N, 1, 1, 4]`, output `[N, H, W, C]`. Source: Jaderberg et al. 2015, "Spatial transformer
/// networks", eq. 5 to 7; units as in `SimilarityFit`.
final class SimilaritySampling: Layer {
    let name: String
    private let input: FeatureMap
    private let map: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input, map] }
    var outputs: [FeatureMap] { [output] }
    private let scratch: Scratch

    init(_ name: String, input: FeatureMap, map: FeatureMap, infers: Bool, scratch: Scratch) {
        precondition(map.isPlain && map.shape.channels == 4 && map.shape.batch == input.shape.batch, name)
        (self.name, self.input, self.map, self.scratch) = (name, input, map, scratch)
        output = FeatureMap(input.shape, needsGradient: !infers)
        let count = input.shape.area * input.shape.channels
        scratch.reserve(.input, count)
        if !infers { scratch.reserve(.inputGradient, count) }
    }

    var multiplyAdds: Int { 4 * output.shape.count }

    /// One of the four neighbours of a sampled place: its row in the image and its weight; what the weight gains along x and y.
    private typealias Corner = (row: Int, weight: Float, alongX: Float, alongY: Float)

    func forward() {
        let shape = input.shape
        let channels = shape.channels
        output.values.fill(0)
        for image in 0..<shape.batch {
            input.read(image * shape.area, shape.area, into: scratch[.input], stride: channels)
            let target = output.values.base + image * shape.area * channels
            eachPlace(image) { place, _, corners in
                for corner in corners {
                    lm_add_scaled(
                        target + place * channels, scratch[.input] + corner.row * channels, corner.weight, channels)
                }
            }
        }
    }

    func backward() {
        output.finishGradient()
        let shape = input.shape
        let channels = shape.channels
        for image in 0..<shape.batch {
            input.read(image * shape.area, shape.area, into: scratch[.input], stride: channels)
            let dx = scratch[.inputGradient]
            if input.needsGradient { dx.update(repeating: 0, count: shape.area * channels) }
            var sums = [Float](repeating: 0, count: 4)
            eachPlace(image) { place, unit, corners in
                let dy = output.gradient.base + (image * shape.area + place) * channels
                var (alongX, alongY): (Float, Float) = (0, 0)
                for corner in corners {
                    if input.needsGradient { lm_add_scaled(dx + corner.row * channels, dy, corner.weight, channels) }
                    let product = Float(lm_dot(dy, scratch[.input] + corner.row * channels, channels))
                    (alongX, alongY) = (alongX + corner.alongX * product, alongY + corner.alongY * product)
                }
                (alongX, alongY) = (alongX * Float(shape.width), alongY * Float(shape.height))
                sums[0] += alongX * unit.x + alongY * unit.y
                sums[1] += alongY * unit.x - alongX * unit.y
                (sums[2], sums[3]) = (sums[2] + alongX, sums[3] + alongY)
            }
            map.addGradient(image, 1, sums, stride: 4)
            if input.needsGradient { input.addGradient(image * shape.area, shape.area, dx, stride: channels) }
        }
        map.gradientAdded()
        if input.needsGradient { input.gradientAdded() }
    }

    /// Calls `body` with each place of an image, its units and the neighbours inside the input that it is mixed of.
    private func eachPlace(_ image: Int, _ body: (_ place: Int, _ unit: SIMD2<Float>, _ corners: [Corner]) -> Void) {
        let (height, width) = (input.shape.height, input.shape.width)
        let t = map.values.base + image * 4
        var corners: [Corner] = []
        corners.reserveCapacity(4)
        for i in 0..<height {
            for j in 0..<width {
                let unit = SIMD2((Float(j) + 0.5) / Float(width), (Float(i) + 0.5) / Float(height))
                let x = (t[0] * unit.x - t[1] * unit.y + t[2]) * Float(width) - 0.5
                let y = (t[1] * unit.x + t[0] * unit.y + t[3]) * Float(height) - 0.5
                corners.removeAll(keepingCapacity: true)
                addCorners(x, y, &corners)
                body(i * width + j, unit, corners)
            }
        }
    }

    private func addCorners(_ x: Float, _ y: Float, _ corners: inout [Corner]) {
        let (height, width) = (input.shape.height, input.shape.width)
        // Outside by more than a place, NaN included: nothing.
        guard x > -1, y > -1, x < Float(width), y < Float(height) else { return }
        let (column, row) = (Int(floorf(x)), Int(floorf(y)))
        let (fx, fy) = (x - Float(column), y - Float(row))
        for down in 0...1 where 0..<height ~= row + down {
            for right in 0...1 where 0..<width ~= column + right {
                let (wx, wy) = (right == 1 ? fx : 1 - fx, down == 1 ? fy : 1 - fy)
                corners.append(
                    (
                        row: (row + down) * width + column + right, weight: wx * wy, alongX: right == 1 ? wy : -wy,
                        alongY: down == 1 ? wx : -wx
                    ))
            }
        }
    }
}
