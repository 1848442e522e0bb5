import Base
import CV4L2

/// What the driver granted: how its frames lie in memory and how many come.
struct CameraFormat: Equatable {
    let code: PixelCode
    let width: Int
    let height: Int
    /// Bytes a row of the first plane; 0 where the driver leaves it to the format.
    let bytesPerRow: Int
    /// Whether Y, Cb and Cr span 0…255. Sensors in grey use them all unless the driver says otherwise.
    var fullRange: Bool
    /// Frames a second; nil where the driver does not tell.
    var rate: Double?

    init(_ pixels: v4l2_pix_format, rate: Double? = nil) {
        code = PixelCode(rawValue: pixels.pixelformat)
        (width, height) = (Int(pixels.width), Int(pixels.height))
        (bytesPerRow, self.rate) = (Int(pixels.bytesperline), rate)
        let usual = code.isGrey || code.reading == .jpeg || pixels.colorspace == V4L2_COLORSPACE_JPEG.rawValue
        switch pixels.quantization {
        case V4L2_QUANTIZATION_FULL_RANGE.rawValue: fullRange = true
        case V4L2_QUANTIZATION_LIM_RANGE.rawValue: fullRange = code.reading == .jpeg
        default: fullRange = usual
        }
    }

    func hasLayout(of other: CameraFormat) -> Bool {
        (code, width, height, bytesPerRow) == (other.code, other.width, other.height, other.bytesPerRow)
    }
}

extension CameraDevice {
    /// Asks for a mode and rate; what the driver made of it. Throws as `cameraFault` tells, `tryLater` where it is
    /// busy.
    func choose(_ mode: CameraMode, rate: Double?) throws(LandmarkdError) -> CameraFormat {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        format.fmt.pix.width = UInt32(mode.width)
        format.fmt.pix.height = UInt32(mode.height)
        format.fmt.pix.pixelformat = mode.code.rawValue
        format.fmt.pix.field = V4L2_FIELD_ANY.rawValue
        try perform(lm_vidioc_s_fmt, &format, "choosing its format")
        return CameraFormat(format.fmt.pix, rate: chooseRate(rate))
    }

    /// The format as it is now; nil where the driver does not tell.
    var presentFormat: CameraFormat? {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        return attempt(lm_vidioc_g_fmt, &format) == 0 ? CameraFormat(format.fmt.pix) : nil
    }

    /// The rate that the driver grants; a driver without rates is none the worse.
    private func chooseRate(_ rate: Double?) -> Double? {
        var parameters = v4l2_streamparm()
        parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        if let rate {
            let isWhole = rate == rate.rounded()
            parameters.parm.capture.timeperframe.numerator = isWhole ? 1 : 1000
            parameters.parm.capture.timeperframe.denominator = UInt32((isWhole ? rate : rate * 1000).rounded())
        }
        let request = rate == nil ? lm_vidioc_g_parm : lm_vidioc_s_parm
        guard attempt(request, &parameters) == 0 else { return nil }
        return parameters.parm.capture.timeperframe.perSecond
    }
}
