import CV4L2

/// Who a V4L2 device says it is.
struct CameraCapabilities: Equatable, Sendable {
    /// The product's name: "HD Pro Webcam C920".
    let card: String
    /// The kernel's driver: "uvcvideo".
    let driver: String
    /// Where it is plugged in: "usb-0000:00:14.0-1".
    let bus: String
    /// Capabilities of this node: a device may have several.
    private let flags: UInt32

    init(_ answer: v4l2_capability) {
        (card, driver, bus) = (fixedText(answer.card), fixedText(answer.driver), fixedText(answer.bus_info))
        let tellsNode = answer.capabilities & UInt32(V4L2_CAP_DEVICE_CAPS) != 0
        flags = tellsNode ? answer.device_caps : answer.capabilities
    }

    /// Whether video comes out of this node: not one for metadata, for showing, or of a decoder.
    var isCamera: Bool {
        has(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE) && !has(V4L2_CAP_VIDEO_M2M)
            && !has(V4L2_CAP_VIDEO_M2M_MPLANE)
    }

    /// Why landmarkd cannot read it; nil where it can.
    var whyUnusable: String? {
        if !isCamera { return "captures no video" }
        if !has(V4L2_CAP_VIDEO_CAPTURE) {
            return "delivers its planes in separate buffers only, which is not supported"
        }
        return has(V4L2_CAP_STREAMING) ? nil : "does not stream into shared buffers, which is needed"
    }

    private func has(_ flag: Int32) -> Bool { flags & UInt32(bitPattern: flag) != 0 }
}
