import Base
import Capture
import Foundation

/// A recording, read once from its start. Used by one thread at a time.
package protocol FrameSource: AnyObject {
    /// Seconds of it that will be read, as it says itself; nil where it does not say.
    var duration: Double? { get }

    /// The next picture in the order of display; nil at the end.
    func next() throws(LandmarkdError) -> DecodedFrame?

    /// A warning about it once all is read, if there is one.
    var note: String? { get }

    /// Ends waiting in `next`, from any thread: nobody wants more of it.
    func cancel()
}

extension FrameSource {
    /// Files never wait.
    package func cancel() {}

    package var note: String? { nil }
}

extension VideoReader: FrameSource {}

/// A still: one picture at time 0.
final class StillSource: FrameSource {
    let duration: Double? = nil
    private var frame: Frame?

    init(_ path: String) throws(LandmarkdError) { frame = try readStill(path) }

    func next() throws(LandmarkdError) -> DecodedFrame? {
        defer { frame = nil }
        return frame.map { DecodedFrame(index: 0, time: 0, frame: $0) }
    }
}

/// The pictures of a source, decoded by the caller's thread or ahead of it by a thread of its own.
final class FrameFeed {
    private enum Item: Sendable {
        case picture(DecodedFrame)
        case end
        case fault(LandmarkdError)

        var isPicture: Bool { if case .picture = self { true } else { false } }
    }

    /// Frames that the decoder may be ahead: enough to even out slow frames, few enough for 4K pictures.
    private static let lead = 6

    private let source: any FrameSource
    private let queue: BoundedQueue<Item>?
    private let finished = DispatchSemaphore(value: 0)

    init(_ source: any FrameSource, ahead: Bool) {
        self.source = source
        queue = ahead ? BoundedQueue(capacity: Self.lead) : nil
        if let queue { Self.start(Transferred(source), queue, finished) }
    }

    func next() throws(LandmarkdError) -> DecodedFrame? {
        guard let queue else { return try source.next() }
        switch queue.take() {
        case .picture(let picture): return picture
        case .end: return nil
        case .fault(let fault): throw fault
        }
    }

    /// Stops the decoder and waits for its thread; nothing may be asked of the feed after that.
    func stop() {
        guard let queue else { return }
        queue.close()
        source.cancel()
        finished.wait()
    }

    /// The source while the decoder's thread, and nobody else, uses it.
    private struct Transferred: @unchecked Sendable {
        let source: any FrameSource

        init(_ source: any FrameSource) { self.source = source }
    }

    private static func start(_ lent: Transferred, _ queue: BoundedQueue<Item>, _ finished: DispatchSemaphore) {
        let thread = Thread {
            Thread.current.name = "decoder"
            var isGoing = true
            while isGoing {
                let item = item(lent.source)
                isGoing = queue.put(item) && item.isPicture
            }
            finished.signal()
        }
        thread.start()
    }

    private static func item(_ source: any FrameSource) -> Item {
        do throws(LandmarkdError) {
            return try source.next().map { .picture($0) } ?? .end
        } catch {
            return .fault(error)
        }
    }
}
