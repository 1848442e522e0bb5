import Base
import Capture
import Foundation
import Logging

/// JPEG pictures of the streams' newest frames, on request.
///
/// One frame of a stream is requested at a time and shared by all waiting requests and by those of the next tenth of a second;
/// many readers cost no more than one. Encoding has its own queue, so that neither the tracker nor the pool is blocked.
actor PreviewPictures {
    /// Seconds for which a picture is reused.
    private static let freshSeconds = 0.1

    /// A JPEG file, and the number of the frame that it shows.
    struct Picture: Sendable {
        let bytes: [UInt8]
        let frame: Int
    }

    private struct Stream {
        let state: StreamState
        var isTaking = false
        var newest: (picture: Picture, taken: Double)?
        var waiting: [Int: CheckedContinuation<Picture?, Never>] = [:]
    }

    private let logger: Logger
    private let queue = DispatchQueue(label: "preview", qos: .utility)
    private var streams: [ObjectIdentifier: Stream] = [:]
    private var lastAsker = 0

    init(logger: Logger) { self.logger = logger }

    /// A frame tracked after the call or just before it; nil where none came in time.
    func picture(of state: StreamState, within seconds: Double) async -> Picture? {
        let key = ObjectIdentifier(state)
        if let newest = streams[key]?.newest, monotonicSeconds() - newest.taken < Self.freshSeconds {
            return newest.picture
        }
        lastAsker += 1
        let asker = lastAsker
        let timeout = Task {
            try await Task.sleep(for: .seconds(seconds))
            answer(asker, of: key, nil)
        }
        defer { timeout.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                streams[key, default: Stream(state: state)].waiting[asker] = continuation
                if Task.isCancelled { answer(asker, of: key, nil) }
                take(key)
            }
        } onCancel: {
            Task { await self.answer(asker, of: key, nil) }
        }
    }

    /// Number of requests waiting for a picture of the stream.
    func waitingCount(for state: StreamState) -> Int { streams[ObjectIdentifier(state)]?.waiting.count ?? 0 }

    private func answer(_ asker: Int, of key: ObjectIdentifier, _ picture: Picture?) {
        streams[key]?.waiting.removeValue(forKey: asker)?.resume(returning: picture)
    }

    private func take(_ key: ObjectIdentifier) {
        guard let stream = streams[key], !stream.isTaking else { return }
        streams[key]!.isTaking = true
        Task {
            let seen = await stream.state.nextPicture()
            let picture: Picture? = if let seen { await encode(seen) } else { nil }
            deliver(picture, key)
        }
    }

    private func deliver(_ picture: Picture?, _ key: ObjectIdentifier) {
        guard let stream = streams[key] else { return }
        // Without a picture the stream is closed, and another one takes its place.
        streams[key] = picture.map { Stream(state: stream.state, newest: ($0, monotonicSeconds())) }
        for waiter in stream.waiting.values { waiter.resume(returning: picture) }
        forgetLater(key)
    }

    /// A picture that is not requested again is not kept.
    private func forgetLater(_ key: ObjectIdentifier) {
        Task {
            try await Task.sleep(for: .seconds(1))
            guard let stream = streams[key], !stream.isTaking, stream.waiting.isEmpty, let newest = stream.newest,
                monotonicSeconds() - newest.taken > Self.freshSeconds
            else { return }
            streams[key] = nil
        }
    }

    private func encode(_ seen: StreamPicture) async -> Picture? {
        await withCheckedContinuation { continuation in
            queue.async { [logger] in
                do throws(LandmarkdError) {
                    let picture = Picture(bytes: try jpegFile(seen.picture), frame: seen.frame)
                    continuation.resume(returning: picture)
                } catch {
                    logger.error("\(error.cause)")
                    continuation.resume(returning: nil)
                }
            }
        }
    }
}
