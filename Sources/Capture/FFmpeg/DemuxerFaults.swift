import Base
import CFFmpeg
import Glibc

/// What to say of FFmpeg's error codes, by what was opened.
protocol DemuxerFaults {
    func opening(_ code: Int32) -> LandmarkdError
    func reading(_ code: Int32) -> LandmarkdError
    /// Only `others` is in it.
    func noVideo(_ others: String) -> LandmarkdError
}

/// Faults of a file.
struct FileFaults: DemuxerFaults {
    let path: String

    func opening(_ code: Int32) -> LandmarkdError {
        if let foreign = PictureSignature.foreign(path) { return unreadable(path, foreign) }
        return switch code {
        case lm_averror_exit: InputStream.interrupted(path)
        case lm_averror_invalid_data where FileIdentity(path: path)?.isRegular == false:
            LandmarkdError(
                .unusableData, "\(path): opening: \(ffmpegText(code))",
                remedy: "give a format that can be read in one go, as MPEG-TS or Matroska, or name the file itself")
        case -EINVAL:
            LandmarkdError(
                .unusableData, "\(path): not a video of a known format",
                remedy: "give MP4, MOV, MKV, WebM, AVI, GIF, MPEG or other common video files")
        case -ENOENT, -EACCES, -EPERM, -EISDIR: unreadable(path, -code)
        case -EIO: reading(code)
        default:
            LandmarkdError(
                .unusableData, "\(path): opening: \(ffmpegText(code))",
                remedy: "it is no video, or cut off or damaged: record or copy it again")
        }
    }

    func reading(_ code: Int32) -> LandmarkdError {
        if code == lm_averror_exit { return InputStream.interrupted(path) }
        return code == lm_averror_invalid_data
            ? LandmarkdError(
                .unusableData, "\(path): reading: the file is damaged or cut off from here on",
                remedy: "what came before is good; copy or record the file again for the rest")
            : LandmarkdError(.inputOutput, "\(path): reading: \(ffmpegText(code))", remedy: "check the disk")
    }

    func noVideo(_ others: String) -> LandmarkdError {
        LandmarkdError(
            .unusableData, "\(path): holds no video, only \(others)", remedy: "give the file with the pictures")
    }
}

/// Faults of a network stream. None of them shows its password.
struct NetworkFaults: DemuxerFaults {
    let address: NetworkAddress
    let watch: NetworkWatch

    func opening(_ code: Int32) -> LandmarkdError {
        if watch.isStopped { return fault(.interrupted, "opening: asked to stop", "nothing") }
        // Whatever FFmpeg makes of it: its RTSP calls a connection that it gave up waiting for invalid data.
        if watch.isLate || code == -ETIMEDOUT { return noAnswer }
        switch code {
        case lm_averror_unauthorized, lm_averror_forbidden:
            return fault(
                .noPermission, "the server lets nobody in without the right password (\(ffmpegText(code)))",
                "check user and password in the address: rtsp://user:password@host/path")
        case lm_averror_not_found:
            return fault(
                .unavailable, "the server has nothing of that name (\(ffmpegText(code)))", "check the address's path")
        case lm_averror_invalid_data, -EINVAL:
            return fault(.unusableData, "not a video of a known format", "check the address with ffprobe or a player")
        case -EIO: return fault(.unavailable, "connecting: no such host, or it hung up", "check the address")
        default:
            return fault(
                .unavailable, "connecting: \(ffmpegText(code))",
                "check the address, and that the camera is on and can be reached from here")
        }
    }

    func reading(_ code: Int32) -> LandmarkdError {
        if code == lm_averror_exit || code == -ETIMEDOUT {
            return fault(.unavailable, "nothing came for \(rateText(watch.patience)) s", Self.reopening)
        }
        return code == -EIO ? ended : fault(.unavailable, "reading: \(ffmpegText(code))", Self.reopening)
    }

    func noVideo(_ others: String) -> LandmarkdError {
        fault(.unusableData, "holds no video, only \(others)", "name the stream with the pictures")
    }

    var noAnswer: LandmarkdError {
        fault(
            .unavailable, "no answer for \(rateText(watch.patience)) s",
            "check the address, and that the camera is on and can be reached from here")
    }

    /// The server ended what has no end.
    var ended: LandmarkdError { fault(.unavailable, "the server ended the stream", Self.reopening) }

    private static let reopening = "check the camera and the network; the stream is reopened"

    private func fault(_ code: ExitCode, _ what: String, _ remedy: String) -> LandmarkdError {
        LandmarkdError(code, "\(address.shown): \(what)", remedy: remedy)
    }
}
