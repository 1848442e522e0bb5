import Base
import CCurl

/// What to say of a server that does not send pictures as it should. Nothing of what it sent itself is repeated.
struct HTTPFaults {
    let address: NetworkAddress

    /// An answer that is none of "200 OK".
    func status(_ status: Int) -> LandmarkdError {
        switch status {
        case 401, 403, 407:
            fault(
                .noPermission, "the server refuses access without the right password (HTTP \(status))",
                "check user and password in the address: http://user:password@host/path")
        case 404, 410:
            fault(.unavailable, "the server has nothing of that name (HTTP \(status))", "check the address's path")
        default: fault(.unavailable, "the server answers with HTTP \(status)", Self.reopening)
        }
    }

    /// Whether asking the same again may help.
    static func isPassing(_ status: Int) -> Bool { ![401, 403, 404, 407, 410].contains(status) }

    /// A request that failed; `head`: as far as the answer had come.
    func failed(_ failure: HTTPFailure, after head: HTTPHead) -> LandmarkdError {
        if failure.isHeadTooLong {
            return fault(
                .unavailable, "the answer's header is longer than \(HTTPConnection.longestHead >> 10) KiB",
                Self.checking)
        }
        switch failure.code {
        case CURLE_COULDNT_RESOLVE_HOST: return fault(.unavailable, "connecting: no such host", "check the address")
        case CURLE_COULDNT_CONNECT:
            let why = failure.systemError > 0 ? systemFault(failure.systemError) : "no way there"
            return fault(.unavailable, "connecting: \(why)", Self.checking)
        case CURLE_TOO_MANY_REDIRECTS: return fault(.unavailable, "too many redirects", "check the address")
        case CURLE_UNSUPPORTED_PROTOCOL where 300...399 ~= head.status:
            return fault(
                .unavailable, "the server redirects to something other than http:// or https://", "check the address")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return fault(.unavailable, "the server does not speak HTTP", "check the address and its port")
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
            return head.status == 0 ? fault(.unavailable, "the server hung up without an answer", Self.checking) : ended
        default:
            let text = String(cString: curl_easy_strerror(failure.code))
            return fault(.unavailable, head.status == 0 ? "connecting: \(text)" : "reading: \(text)", Self.checking)
        }
    }

    var stopped: LandmarkdError { fault(.interrupted, "opening: asked to stop", "nothing") }

    func noAnswer(_ seconds: Double) -> LandmarkdError {
        fault(.unavailable, "no answer for \(rateText(seconds)) s", Self.checking)
    }

    /// `broken`: pictures that came and could not be decoded; `bytes`: how much came.
    func silence(_ seconds: Double, broken: Int, bytes: Int) -> LandmarkdError {
        let what =
            switch (broken, bytes) {
            case (0, 0): "nothing came"
            case (0, _): "no picture came, though data did,"
            default: "no good picture came, \(broken) broken,"
            }
        return fault(.unavailable, "\(what) for \(rateText(seconds)) s", Self.reopening)
    }

    /// The server ended what has no end.
    var ended: LandmarkdError { fault(.unavailable, "the server ended the stream", Self.reopening) }

    var empty: LandmarkdError { fault(.unavailable, "the answer is empty", "check the address's path") }

    var pictureless: LandmarkdError { fault(.unavailable, "the answer holds no picture", Self.reopening) }

    var webPage: LandmarkdError {
        fault(
            .unusableData, "the answer is a web page, not a video",
            "give the address of the picture or stream that the page shows")
    }

    func oversized(_ part: OversizedPart) -> LandmarkdError {
        let what =
            switch part {
            case .header: "the header of a part is longer than \(PictureCutter.longestHeader >> 10) KiB"
            case .picture: "a picture is larger than \(PictureCutter.largestPicture >> 20) MiB"
            }
        return fault(.unavailable, what, Self.reopening)
    }

    private static let checking = "check the address, and that the camera is on and can be reached from here"
    private static let reopening = "check the camera and the network; the stream is reopened"

    private func fault(_ code: ExitCode, _ what: String, _ remedy: String) -> LandmarkdError {
        LandmarkdError(code, "\(address.shown): \(what)", remedy: remedy)
    }
}
