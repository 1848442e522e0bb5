import Base

/// Opens a V4L2 camera by its path or its card name, which is looked up again each time.
package struct CameraOpener: LiveSourceOpener {
    package let name: String
    package let kind = SourceKind.camera
    package var request: CameraRequest? { wish }
    private let wish: CameraRequest
    private let folder: CameraFolder
    private let calls: CameraCalls

    /// `name`: "/dev/video0", "/dev/v4l/by-id/…", or a card name: "HD Pro Webcam C920", or its beginning.
    package init(_ name: String, request: CameraRequest = CameraRequest(), folder: CameraFolder = CameraFolder()) {
        self.init(name, request: request, folder: folder, calls: .kernel)
    }

    init(_ name: String, request: CameraRequest, folder: CameraFolder, calls: CameraCalls) {
        (self.name, wish, self.folder, self.calls) = (name, request, folder, calls)
    }

    /// Throws `unavailable` (not there, no camera), `noPermission`, `tryLater` (busy), `wrongSettings` (no such
    /// format).
    package func open(stop: StopSignal) throws(LandmarkdError) -> any LiveSource {
        let node = try folder.node(of: name, calls: calls)
        return try CameraSource(node, request: wish, calls: calls, stop: stop)
    }
}
