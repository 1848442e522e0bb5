import CV4L2
import Glibc

/// A pixel format and size that a camera offers, and its rates.
struct CameraMode: Sendable, Equatable {
    var code: PixelCode
    let width: Int
    let height: Int
    /// Frames a second, fastest first; empty where the camera does not say.
    let rates: [Double]
}

extension CameraDevice {
    /// Everything the camera says it offers, in its own order. Ranges of sizes or rates are represented by usual values in them.
    ///
    /// A driver that lists formats without sizes is taken to offer the present size, and `wanted`.
    func modes(wanted: (width: Int, height: Int)? = nil) -> [CameraMode] {
        codes.flatMap { code in
            var sizes = sizes(of: code, wanted: wanted)
            if sizes.isEmpty {
                sizes = [currentSize, wanted ?? (640, 480)].compactMap(\.self)
                if sizes.count == 2, sizes[0] == sizes[1] { sizes.removeLast() }
            }
            return sizes.filter { isSize($0.width, $0.height) }.map { width, height in
                CameraMode(code: code, width: width, height: height, rates: rates(of: code, width, height))
            }
        }
    }

    /// No list of a real driver is longer: one that never ends is cut off.
    private static var longest: UInt32 { 128 }

    private var codes: [PixelCode] {
        var codes: [PixelCode] = []
        for index in 0..<Self.longest {
            var entry = v4l2_fmtdesc()
            (entry.index, entry.type) = (index, V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue)
            guard attempt(lm_vidioc_enum_fmt, &entry) == 0 else { break }
            let code = PixelCode(rawValue: entry.pixelformat)
            if !codes.contains(code) { codes.append(code) }
        }
        return codes
    }

    private var currentSize: (width: Int, height: Int)? {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        guard attempt(lm_vidioc_g_fmt, &format) == 0 else { return nil }
        let (width, height) = (Int(format.fmt.pix.width), Int(format.fmt.pix.height))
        return width > 0 && height > 0 ? (width, height) : nil
    }

    private func sizes(of code: PixelCode, wanted: (width: Int, height: Int)?) -> [(width: Int, height: Int)] {
        var sizes: [(width: Int, height: Int)] = []
        for index in 0..<Self.longest {
            var entry = v4l2_frmsizeenum()
            (entry.index, entry.pixel_format) = (index, code.rawValue)
            guard attempt(lm_vidioc_enum_framesizes, &entry) == 0 else { break }
            guard entry.type == V4L2_FRMSIZE_TYPE_DISCRETE.rawValue else {
                return usualSizes(in: entry.stepwise, wanted: wanted)
            }
            let size = (width: Int(entry.discrete.width), height: Int(entry.discrete.height))
            if !sizes.contains(where: { $0 == size }) { sizes.append(size) }
        }
        return sizes
    }

    private func rates(of code: PixelCode, _ width: Int, _ height: Int) -> [Double] {
        var rates: [Double] = []
        for index in 0..<Self.longest {
            var entry = v4l2_frmivalenum()
            (entry.index, entry.pixel_format) = (index, code.rawValue)
            (entry.width, entry.height) = (UInt32(width), UInt32(height))
            guard attempt(lm_vidioc_enum_frameintervals, &entry) == 0 else { break }
            guard entry.type == V4L2_FRMIVAL_TYPE_DISCRETE.rawValue else {
                rates = usualRates(from: entry.stepwise.max.perSecond ?? 1, to: entry.stepwise.min.perSecond ?? 30)
                break
            }
            if let rate = entry.discrete.perSecond, !rates.contains(rate) { rates.append(rate) }
        }
        return rates.sorted(by: >)
    }
}

extension v4l2_fract {
    /// Frames a second of an interval in seconds; nil where it is none that a camera can have.
    var perSecond: Double? {
        guard numerator > 0, denominator > 0 else { return nil }
        let rate = Double(denominator) / Double(numerator)
        return rate <= 10_000 ? rate : nil
    }
}

/// Whether a picture can be so large: what a driver says beyond that is wrong.
func isSize(_ width: Int, _ height: Int) -> Bool { 1...32768 ~= width && 1...32768 ~= height }

/// Sizes worth having of all that a camera can scale to, its least and largest, and `wanted` where it fits.
private func usualSizes(
    in range: v4l2_frmsize_stepwise, wanted: (width: Int, height: Int)?
) -> [(width: Int, height: Int)] {
    func fits(_ value: Int, _ least: UInt32, _ most: UInt32, _ step: UInt32) -> Bool {
        value >= least && value <= most && (value - Int(least)).isMultiple(of: max(1, Int(step)))
    }
    var sizes = [(320, 240), (640, 360), (640, 480), (800, 600), (1280, 720), (1280, 960), (1920, 1080)]
    if let wanted { sizes.append(wanted) }
    sizes = sizes.filter {
        fits($0.0, range.min_width, range.max_width, range.step_width)
            && fits($0.1, range.min_height, range.max_height, range.step_height)
    }
    sizes += [(Int(range.min_width), Int(range.min_height)), (Int(range.max_width), Int(range.max_height))]
    sizes = sizes.filter { isSize($0.0, $0.1) }
    sizes.sort { $0.0 * $0.1 < $1.0 * $1.1 }
    return sizes.indices.filter { $0 == 0 || sizes[$0] != sizes[$0 - 1] }.map { sizes[$0] }
}

/// Usual rates from the slowest to the fastest one, these two included.
private func usualRates(from slowest: Double, to fastest: Double) -> [Double] {
    let between = [5, 10, 15, 20, 25, 30, 50, 60].filter { $0 > slowest && $0 < fastest }
    return slowest < fastest ? [slowest] + between + [fastest] : [fastest]
}

extension CameraRequest {
    /// The mode and rate that serve the request best: the rate held first, then the size, then the fewest conversions.
    ///
    /// Each is a cost, and the costs add up: raw pictures at 5 frames a second lose against JPEG at 30, and raw
    /// pictures of the size against JPEG of the same. Nil where no mode has the asked format. Among equals the first
    /// one listed.
    func best(of modes: [CameraMode]) -> (mode: CameraMode, rate: Double?)? {
        let wanted = format.flatMap { PixelCode($0) }
        let possible = format == nil ? modes : modes.filter { $0.code == wanted }
        let choices = possible.map { mode in
            let rate = nearestRate(mode.rates)
            return (mode: mode, rate: rate, cost: cost(mode, rate: rate))
        }
        return choices.min { $0.cost < $1.cost }.map { ($0.mode, $0.rate) }
    }

    /// What landmarkd aims at where nothing is asked for: enough for a face that fills a fifth of the picture's height.
    private static let usualSize = (width: 640, height: 480)
    private static let usualRate = 30.0

    private var wantedRate: Double { rate ?? Self.usualRate }

    /// The slowest rate that is fast enough, else the fastest; nil where the camera lists none.
    private func nearestRate(_ rates: [Double]) -> Double? {
        rates.filter { $0 >= wantedRate * Self.tolerance }.min() ?? rates.max()
    }

    /// A rate of 29.97 holds one of 30.
    private static let tolerance = 0.97

    /// In doublings: half the rate costs 4, half the pixels 2, twice the pixels 1; an asked size counts ten times.
    private func cost(_ mode: CameraMode, rate: Double?) -> Double {
        let target = size ?? Self.usualSize
        let doublings = log2(Double(mode.width * mode.height) / Double(target.width * target.height))
        var cost = doublings < 0 ? -2 * doublings : doublings
        if size != nil {
            let isExact = mode.width == target.width && mode.height == target.height
            cost = 10 * cost + (isExact ? 0 : 5)
        }
        switch mode.code.reading {
        case .raw: cost += mode.code.isGrey ? 0.1 : 0  // colour where it costs nothing
        case .jpeg: cost += 0.5
        case .converted: cost += 1.5
        }
        guard let rate else { return cost + 0.3 }
        let speed = log2(rate / wantedRate)
        return cost + (rate < wantedRate * Self.tolerance ? -4 * speed : 0.2 * max(0, speed))
    }
}
