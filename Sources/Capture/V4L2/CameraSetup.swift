import Base
import CV4L2

/// A camera, opened, with the mode chosen that serves a request best.
struct CameraSetup {
    let device: CameraDevice
    let granted: CameraFormat
    /// libv4l2 converts its frames: it offers none that can be read as they are.
    let isConverted: Bool

    /// Throws `unavailable`, `tryLater` (busy), `noPermission`, or `wrongSettings` where it has no such format.
    init(
        _ path: String, request: CameraRequest, calls: CameraCalls, converting: CameraCalls = .converting
    ) throws(LandmarkdError) {
        let (mode, rate) = try Self.choice(path, request, calls)
        isConverted = mode.code.reading == .converted
        device = try CameraDevice(path, calls: isConverted ? converting : calls)
        var wanted = mode
        if isConverted { wanted.code = .yuv420 }
        var granted = try device.choose(wanted, rate: rate)
        let isAsAsked = isConverted ? granted.code == .yuv420 : granted.code.reading != .converted
        guard isAsAsked else {
            throw LandmarkdError(
                .unavailable, "\(path): asked for \(wanted.code) it gives \(granted.code), which cannot be read",
                remedy: "set 'format' to another one: landmarkd devices lists them")
        }
        guard isSize(granted.width, granted.height), granted.bytesPerRow <= 1 << 20 else {
            throw LandmarkdError(
                .unavailable,
                "\(path): reports pictures of \(granted.width)x\(granted.height), rows of \(granted.bytesPerRow) bytes",
                remedy: "unplug it and plug it in again; look for a newer driver")
        }
        if isConverted { granted.fullRange = false }  // libv4l2 converts to 16…235
        self.granted = granted
    }

    /// Asks over a descriptor of its own: libv4l2, if it is needed, opens the device again.
    private static func choice(
        _ path: String, _ request: CameraRequest, _ calls: CameraCalls
    ) throws(LandmarkdError) -> (mode: CameraMode, rate: Double?) {
        let device = try CameraDevice(path, calls: calls)
        try device.requireCamera()
        let modes = device.modes(wanted: request.size)
        guard let best = request.best(of: modes) else { throw noSuchFormat(path, request, modes) }
        return best
    }
}

extension CameraDevice {
    /// Identity of the device. Throws as `cameraFault` says: `unavailable` where it is no V4L2 device.
    func capabilities() throws(LandmarkdError) -> CameraCapabilities {
        var answer = v4l2_capability()
        try perform(lm_vidioc_querycap, &answer, "asking what it is")
        return CameraCapabilities(answer)
    }

    /// Throws `unavailable` where the device captures no video, or not in the way that we read it.
    fileprivate func requireCamera() throws(LandmarkdError) {
        let capabilities = try capabilities()
        if let reason = capabilities.whyUnusable {
            throw LandmarkdError(
                .unavailable, "\(path): \(reason)", remedy: "name a camera: landmarkd devices lists them")
        }
    }
}

private func noSuchFormat(_ path: String, _ request: CameraRequest, _ modes: [CameraMode]) -> LandmarkdError {
    let codes = modes.map(\.code.description).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    guard let format = request.format, !codes.isEmpty else {
        return LandmarkdError(
            .unavailable, "\(path): offers no format",
            remedy: "give it something to show: a loopback device needs a writer")
    }
    return LandmarkdError(
        .wrongSettings, "\(path): does not offer the format '\(format)', only \(codes.joined(separator: ", "))",
        remedy: "set 'format' to one of these, or leave it out")
}

/// What is asked of a camera; nil leaves the choice to landmarkd, which aims at 640×480 at 30 frames a second.
package struct CameraRequest: Sendable, Equatable, CustomStringConvertible {
    /// V4L2's four letters of a pixel format: "YUYV", "MJPG".
    package var format: String?
    /// Pixels. A camera that does not offer the size gives the one nearest to it.
    package var size: (width: Int, height: Int)?
    /// Frames a second.
    package var rate: Double?
    /// Seconds without a good frame after which the camera counts as lost. By default 2 s or 5 frames, whichever is
    /// longer, and 5 s for the first frame.
    package var patience: Double?

    package init(
        format: String? = nil, size: (width: Int, height: Int)? = nil, rate: Double? = nil, patience: Double? = nil
    ) {
        (self.format, self.size, self.rate, self.patience) = (format, size, rate, patience)
    }

    package static func == (a: Self, b: Self) -> Bool {
        (a.format, a.size?.width, a.size?.height, a.rate) == (b.format, b.size?.width, b.size?.height, b.rate)
            && a.patience == b.patience
    }

    /// "MJPG, 1280x720, 30 frames/s"; "any format, any size, any rate".
    package var description: String {
        let size = size.map { "\($0.width)x\($0.height)" } ?? "any size"
        let rate = rate.map { "\(rateText($0)) frames/s" } ?? "any rate"
        return "\(format ?? "any format"), \(size), \(rate)"
    }
}
