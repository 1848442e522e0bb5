import Base
import CKernels
import Testing

/// A picture of noise in one of the layouts that cameras and codecs deliver.
private struct Picture {
    var luma: [UInt8], blue: [UInt8], red: [UInt8]
    let width, height, shiftX, shiftY, stride, wide: Int

    init(_ width: Int, _ height: Int, shift: (Int, Int), stride: Int, wide: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func plane(_ w: Int, _ h: Int) -> [UInt8] {
            (0..<(w * h * stride)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        (self.width, self.height, self.stride, self.wide) = (width, height, stride, wide)
        (shiftX, shiftY) = shift
        luma = plane(width, height)
        blue = plane((width + (1 << shift.0) - 1) >> shift.0, (height + (1 << shift.1) - 1) >> shift.1)
        red = plane((width + (1 << shift.0) - 1) >> shift.0, (height + (1 << shift.1) - 1) >> shift.1)
    }

    /// Fast and plain crops of the picture, the fast one with guard floats behind it.
    func crops(_ level: Level, side: Int, rows: Int? = nil, map: [Double], grey: Bool) -> (
        fast: [Float], plain: [Float]
    ) {
        let rows = rows ?? side
        var fast = [Float](repeating: 7, count: side * rows * 3 + 16)
        var plain = fast
        luma.withUnsafeBytes { y in
            blue.withUnsafeBytes { b in
                red.withUnsafeBytes { r in
                    func plane(_ bytes: UnsafeRawBufferPointer, _ sx: Int, _ sy: Int) -> lm_plane {
                        let w = (width + (1 << sx) - 1) >> sx
                        let h = (height + (1 << sy) - 1) >> sy
                        return lm_plane(
                            base: bytes.baseAddress, row_stride: w * stride, sample_stride: stride, width: Int32(w),
                            height: Int32(h), wide: Int32(wide))
                    }
                    var source = lm_crop_source()
                    source.luma = plane(y, 0, 0)
                    if !grey { (source.blue, source.red) = (plane(b, shiftX, shiftY), plane(r, shiftX, shiftY)) }
                    (source.shift_x, source.shift_y) = (Int32(shiftX), Int32(shiftY))
                    let top: Float = wide == 1 ? 65535 : 255
                    (source.luma_black, source.luma_gain) = (16, 2 / top)
                    (source.chroma_neutral, source.chroma_gain) = (top / 2, 2 / top)
                    let size = lm_crop_scratch_bytes(Int32(max(side, rows)), Int32(width))
                    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
                    defer { scratch.deallocate() }
                    level.kernels.crop_sample(&fast, Int32(side), Int32(rows), &source, map, scratch.baseAddress)
                    lm_crop_sample_ref(&plain, Int32(side), Int32(rows), &source, map)
                }
            }
        }
        return (fast, plain)
    }
}

private func turned(scale: Double, degrees: Double, centre: (Double, Double), side: Int) -> [Double] {
    let (a, b) = (scale * cosine(degrees), scale * cosine(degrees - 90))
    let middle = Double(side - 1) / 2
    return [a, -b, centre.0 - a * middle + b * middle, b, a, centre.1 - b * middle - a * middle]
}

private func cosine(_ degrees: Double) -> Double {
    // Taylor's series about 0, of an angle within ±180°: no need of libm here.
    let x = (degrees > 180 ? degrees - 360 : degrees < -180 ? degrees + 360 : degrees) * .pi / 180
    var (sum, term) = (0.0, 1.0)
    for k in 1...20 {
        sum += term
        term *= -x * x / Double((2 * k - 1) * 2 * k)
    }
    return sum
}

/// Layouts: (chroma shift x, y, bytes between samples, two bytes a sample).
@Test(
    arguments: Level.all,
    [(1, 1, 1, 0), (1, 0, 2, 0), (0, 0, 1, 0), (1, 1, 4, 0), (2, 0, 1, 0), (1, 1, 2, 1), (0, 1, 4, 1)])
func cropSamplingMatchesItsTwin(level: Level, layout: (shiftX: Int, shiftY: Int, stride: Int, wide: Int)) {
    let (shiftX, shiftY, stride, wide) = layout
    let picture = Picture(
        131, 97, shift: (shiftX, shiftY), stride: stride, wide: wide, seed: UInt64(shiftX + 2 * stride + 16 * wide))
    for (scale, degrees, centre) in [
        (0.6, 0, (60.0, 40.0)), (1, 0, (64, 48)), (1.4, 33, (50.3, 48.6)), (1.9, -120, (70, 40)), (2.7, 10, (0, 0)),
        (5.1, 80, (131, 97)), (6.2, 4, (60, 60)), (30, 45, (60, 40)), (1, 20, (-400, 3)), (0.01, 0, (130.2, 96.4)),
    ] as [(Double, Double, (Double, Double))] {
        for side in [33, 16] {
            for grey in [false, true] {
                let map = turned(scale: scale, degrees: degrees, centre: centre, side: side)
                let (fast, plain) = picture.crops(level, side: side, map: map, grey: grey)
                let worst = zip(fast, plain).map { abs($0 - $1) }.max()!
                // Half of a level of 255 moved by 1e-3 of a pixel.
                #expect(worst < 1e-3, "scale \(scale), \(degrees)°, at \(centre), side \(side)")
                #expect(fast[(side * side * 3)...].allSatisfy { $0 == 7 }, "wrote past the end")
            }
        }
    }
}

@Test(arguments: Level.all, [(48, 20), (20, 48), (1, 9)])
func cropsThatAreNotSquareMatchTheirDefinition(level: Level, size: (width: Int, height: Int)) {
    let (width, height) = size
    let picture = Picture(131, 97, shift: (1, 1), stride: 1, wide: 0, seed: 4)
    for (scale, degrees) in [(0.7, 0), (2.6, 0), (2.1, 30)] as [(Double, Double)] {
        let map = turned(scale: scale, degrees: degrees, centre: (60, 50), side: 30)
        let (fast, plain) = picture.crops(level, side: width, rows: height, map: map, grey: false)
        #expect(zip(fast, plain).map { abs($0 - $1) }.max()! < 1e-3, "scale \(scale), \(degrees)°")
        #expect(fast[(width * height * 3)...].allSatisfy { $0 == 7 }, "wrote past the end")
    }
}

@Test(arguments: Level.all, [Double.nan, .infinity, 3e6, -9e6])
func cropOfAMapThatIsAbsurdIsBlack(level: Level, number: Double) {
    let picture = Picture(20, 20, shift: (1, 1), stride: 1, wide: 0, seed: 1)
    let (fast, _) = picture.crops(level, side: 8, map: [number, 0, 0, 0, number, 0], grey: false)
    #expect(fast[..<192].enumerated().allSatisfy { $1 == ($0 % 3 == 0 ? -1 : 0) })
}
