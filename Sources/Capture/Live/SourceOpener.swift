import Base

/// Makes the opener of a source as settings name it:
/// - `rtsp://…`, `rtsps://…`, `http://…`, `https://…`: a network stream,
/// - `/dev/…`, `…/videoN`: a camera by its path,
/// - other names with a slash, or with the ending of a video: a file, played once or in a `loop`,
/// - any other name: a camera by its card name.
///
/// The name alone decides: nothing is opened or looked up yet. `camera.patience` serves network streams too, and
/// `camera.rate` those over HTTP that are asked for picture after picture. Throws `wrongSettings` where the name is none of
/// these, or `camera` or `loop` ask for what such a source does not have.
package func sourceOpener(
    _ source: String, camera: CameraRequest = CameraRequest(), loop: Bool = false
) throws(LandmarkdError) -> any LiveSourceOpener {
    let opener: any LiveSourceOpener
    // Only the response shows whether an HTTP address is a snapshot, which is polled at `rate`.
    var mayBeSnapshot = false
    switch SourceKind(source) {
    case .camera:
        opener = CameraOpener(source, request: camera)
    case .network:
        var patience = NetworkOpener.Patience()
        patience.reading = camera.patience ?? patience.reading
        let network = try NetworkOpener(
            source, patience: patience, snapshotRate: camera.rate ?? NetworkOpener.usualSnapshotRate)
        (opener, mayBeSnapshot) = (network, network.mayBeSnapshot)
    case .file:
        opener = FileOpener(source, loop: loop)
    case nil:
        throw LandmarkdError(
            .wrongSettings, "source '\(source.withoutCredentials)': neither a camera nor a stream nor a file",
            remedy: "name a camera (/dev/video0, its card name), rtsp://…, http://…, https://… or the path of a video")
    }
    if loop, opener.kind != .file {
        throw LandmarkdError(
            .wrongSettings, "source '\(opener.name)': only a file can be played in a loop", remedy: "leave 'loop' out")
    }
    let asksForMode = camera.format != nil || camera.size != nil || camera.rate != nil && !mayBeSnapshot
    if asksForMode, opener.kind != .camera {
        throw LandmarkdError(
            .wrongSettings,
            "source '\(opener.name)': format, size and rate can be chosen for cameras only, and rate for http addresses",
            remedy: "leave them out")
    }
    return opener
}

/// What kind of thing a source's name stands for.
package enum SourceKind: Sendable {
    case camera
    case network
    case file

    /// nil for nonsense.
    init?(_ source: String) {
        let ending = MediaFile.ending(of: source)
        if source.allSatisfy(\.isWhitespace) || source.contains("\0") { return nil }
        // An address without its slashes or scheme would be reported as a file's path, with its password.
        if source.withoutCredentials != source, !source.contains("://") { return nil }
        if NetworkAddress.schemes.contains(where: { source.lowercased().hasPrefix($0 + "://") }) {
            self = .network
        } else if source.contains("://") || source.hasSuffix("/") {
            return nil
        } else if source.hasPrefix("/dev/") || source.contains("/") && isVideoNode(source.fileName) {
            self = .camera
        } else if source.contains("/") || MediaFile.videoEndings.contains(ending) {
            self = .file
        } else {
            self = .camera
        }
    }
}

/// "video" and a number, as V4L2 names its nodes.
func isVideoNode(_ name: String) -> Bool {
    name.hasPrefix("video") && name.utf8.count > 5 && name.utf8.dropFirst(5).allSatisfy { 0x30...0x39 ~= $0 }
}
