import Base
import Hummingbird
import Synchronization

/// The event of each stream's newest result, written once for all readers. May be used by any thread.
final class EventTexts: Sendable {
    private let newest = Mutex<[String: (frame: Int, time: Double, text: ByteBuffer)]>([:])

    /// `id: …`, `data: …` and an empty line.
    func event(of result: StreamResult) -> ByteBuffer {
        newest.withLock { newest in
            let (frame, time) = (result.result.frame, result.result.time)
            if let known = newest[result.stream], known.frame == frame, known.time == time { return known.text }
            var text = TextBuffer()
            text.append("id: ")
            text.append(frame)
            text.append("\ndata: ")
            text.append(result)
            text.append("\n\n")
            let event = ByteBuffer(bytes: text.bytes)
            newest[result.stream] = (frame, time, event)
            return event
        }
    }
}
