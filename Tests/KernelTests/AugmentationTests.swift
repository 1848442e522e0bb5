import Base
import CKernels
import Testing

private let guardFloats = 16

private func uniform(_ count: Int, seed: UInt64, _ low: Double = -1, _ high: Double = 1) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(random.uniform(low, high)) }
}

/// Runs both twins in place on the same values and expects the same, and nothing written behind the end.
private func expectTwins(
    _ values: [Float], within tolerance: Float = 1e-5, _ fast: (UnsafeMutablePointer<Float>) -> Void,
    _ plain: (UnsafeMutablePointer<Float>) -> Void, sourceLocation: SourceLocation = #_sourceLocation
) {
    var one = values + [Float](repeating: 7, count: guardFloats)
    var other = one
    one.withUnsafeMutableBufferPointer { fast($0.baseAddress!) }
    other.withUnsafeMutableBufferPointer { plain($0.baseAddress!) }
    let worst = zip(one, other).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance, "differ by \(worst)", sourceLocation: sourceLocation)
    #expect(one[values.count...].allSatisfy { $0 == 7 }, "wrote past the end", sourceLocation: sourceLocation)
    #expect(values.isEmpty || other[..<values.count] != values[...], "changed nothing", sourceLocation: sourceLocation)
}

@Suite struct AugmentationTests {
    @Test(arguments: Level.all, [1, 7, 8, 9, 1003]) func planesSplitAndJoin(level: Level, n: Int) {
        let pixels = uniform(3 * n, seed: UInt64(n))
        let empty = [Float](repeating: 0, count: 3 * n)
        expectTwins(empty, { level.kernels.split_planes($0, pixels, n) }, { lm_split_planes_ref($0, pixels, n) })
        let loud = pixels.map { 2 * $0 }
        expectTwins(empty, { level.kernels.join_planes($0, loud, n) }, { lm_join_planes_ref($0, loud, n) })
        var joined = empty
        level.kernels.join_planes(&joined, loud, n)
        #expect(joined.allSatisfy { -1...1 ~= $0 })
    }

    @Test(arguments: Level.all, [1, 8, 15, 1003]) func pointwiseChangesMatchTheirTwins(level: Level, n: Int) {
        let x = uniform(n, seed: 3)
        let y = uniform(n, seed: 4)
        let curve = uniform(129, seed: 5)
        expectTwins(x, { level.kernels.scale_plane($0, n, 1.3, -0.2) }, { lm_scale_plane_ref($0, n, 1.3, -0.2) })
        expectTwins(x, { level.kernels.mix_plane($0, y, n, 0.7) }, { lm_mix_plane_ref($0, y, n, 0.7) })
        let wide = x.map { 1.2 * $0 }
        expectTwins(
            wide, within: 1e-4, { level.kernels.curve_plane($0, n, curve, 129) },
            { lm_curve_plane_ref($0, n, curve, 129) })
        expectTwins(x, { level.kernels.noise_plane($0, n, 0.1, 42) }, { lm_noise_plane_ref($0, n, 0.1, 42) })
    }

    @Test(arguments: Level.all) func noiseHasMeanZeroAndVarianceOne(level: Level) {
        var x = [Float](repeating: 0, count: 100_000)
        level.kernels.noise_plane(&x, x.count, 1, 7)
        let mean = x.reduce(0, +) / Float(x.count)
        let variance = x.reduce(0) { $0 + $1 * $1 } / Float(x.count)
        #expect(abs(mean) < 0.015 && abs(variance - 1) < 0.02)
        var other = [Float](repeating: 0, count: 100)
        level.kernels.noise_plane(&other, 100, 1, 8)
        #expect(other != Array(x[..<100]))
    }

    @Test(arguments: Level.all, [2, 8, 37, 128]) func filtersMatchTheirTwins(level: Level, side: Int) {
        let x = uniform(side * side, seed: UInt64(side))
        expectTwins(
            x, { level.kernels.shade_plane($0, Int32(side), 0.5, -0.3) },
            { lm_shade_plane_ref($0, Int32(side), 0.5, -0.3) })
        var scratch = [Float](repeating: 0, count: (side + 32) * (side + 32))
        let taps: [Float] = [0.4, 0.2, 0.07, 0.03]
        expectTwins(
            x, { level.kernels.blur_plane($0, Int32(side), taps, 3, &scratch) },
            { lm_blur_plane_ref($0, Int32(side), taps, 3, &scratch) })
        let (across, down): ([Int32], [Int32]) = ([0, -2, 5], [1, 3, -5])
        expectTwins(
            x, { level.kernels.filter_plane($0, Int32(side), across, down, taps, 3, 5, &scratch) },
            { lm_filter_plane_ref($0, Int32(side), across, down, taps, 3, 5, &scratch) })
        for small in [1, side / 2, side - 1, side] {
            let empty = [Float](repeating: 0, count: side * side)
            expectTwins(
                empty, within: 1e-4, { level.kernels.enlarge_plane($0, Int32(side), x, Int32(small), &scratch) },
                { lm_enlarge_plane_ref($0, Int32(side), x, Int32(small), &scratch) })
        }
    }

    @Test(arguments: Level.all, [(8, 0, 0), (24, 3, 5), (37, 7, 1)])
    func compressionMatchesItsTwin(level: Level, plane: (side: Int, left: Int, top: Int)) {
        let (side, left, top) = plane
        let x = uniform(side * side, seed: 9)
        // Odd steps: no coefficient lies where the twins' last digits could round it to either side.
        let steps: [Float] = (0..<64).map { k in 9.37 + 3.1 * Float(k / 8 + k % 8) }
        expectTwins(
            x, within: 1e-4, { level.kernels.compress_plane($0, Int32(side), steps, Int32(left), Int32(top)) },
            { lm_compress_plane_ref($0, Int32(side), steps, Int32(left), Int32(top)) })
    }

    @Test(arguments: Level.all) func compressionOfAnEvenPlaneKeepsIt(level: Level) {
        var x = [Float](repeating: 0.5, count: 256)
        level.kernels.compress_plane(&x, 16, [Float](repeating: 0.01, count: 64), 0, 0)
        #expect(x.allSatisfy { abs($0 - 0.5) < 1e-4 })
    }

    @Test(arguments: Level.all, [(0, true), (0, false), (3, false), (4, true), (4, false), (6, false)])
    func occludersMatchTheirTwin(level: Level, cover: (edges: Int, textured: Bool)) {
        let (edges, textured) = cover
        let side = 41
        let planes = uniform(3 * side * side, seed: 10)
        let texture = uniform(3 * side * side, seed: 11)
        for (cx, cy) in [(20.3, 19.1), (-3, 40), (39.6, 2)] as [(Float, Float)] {
            var shape = lm_occluder()
            (shape.cx, shape.cy, shape.half, shape.cosine, shape.sine) = (cx, cy, (13.7, 6.1), 0.8, 0.6)
            (shape.color, shape.grain, shape.seed, shape.edges) = ((0.3, -0.1, 0.2), 0.1, 5, Int32(edges))
            withUnsafeMutablePointer(to: &shape) { shape in
                let around: [(Float, Float)] =
                    edges == 4
                    ? [(1, 0), (0, 1), (-1, 0), (0, -1)]
                    : [(1, 0), (0.5, 0.866), (-0.5, 0.866), (-1, 0), (-0.5, -0.866), (0.5, -0.866)]
                for k in 0..<edges {
                    let normal = edges == 3 ? around[2 * k] : around[k]
                    setEdge(shape, k, normal, 11.3)
                }
            }
            let given = textured ? texture : nil
            expectTwins(
                planes, { level.kernels.occlude_planes($0, Int32(side), &shape, given) },
                { lm_occlude_planes_ref($0, Int32(side), &shape, given) })
        }
    }

    @Test(arguments: Level.all, [0, 1, 2]) func pastedPicturesMatchTheirTwin(level: Level, corners: Int) {
        let side = 37
        let planes = uniform(3 * side * side, seed: 12)
        let texture = uniform(3 * side * side, seed: 13)
        for (map, feather) in [
            ([0.09, -0.03, -1.1, 0.04, 0.08, -1.7], 0.3), ([0.01, 0, 0, 0, 0.2, -3], 0.02),
        ] as [([Float], Float)] {
            expectTwins(
                planes, { level.kernels.paste_planes($0, Int32(side), texture, map, Int32(corners), feather) },
                { lm_paste_planes_ref($0, Int32(side), texture, map, Int32(corners), feather) })
        }
    }

    private func setEdge(_ shape: UnsafeMutablePointer<lm_occluder>, _ k: Int, _ normal: (Float, Float), _ reach: Float)
    {
        withUnsafeMutableBytes(of: &shape.pointee.normal_x) {
            $0.storeBytes(of: normal.0, toByteOffset: 4 * k, as: Float.self)
        }
        withUnsafeMutableBytes(of: &shape.pointee.normal_y) {
            $0.storeBytes(of: normal.1, toByteOffset: 4 * k, as: Float.self)
        }
        withUnsafeMutableBytes(of: &shape.pointee.reach) {
            $0.storeBytes(of: reach, toByteOffset: 4 * k, as: Float.self)
        }
    }
}
