import Capture
import Logging
import ServiceLifecycle
import Synchronization

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

/// The HTTP service on a free port of this machine, with streams that a test publishes to.
struct ServedStreams: Sendable {
    let service: HTTPService
    let directory: StreamDirectory
    let port: Int

    /// Runs the service while `body` runs, then shuts it down gracefully and waits for its end.
    static func run<Result: Sendable>(
        _ states: [StreamState], token: String? = nil, preview: Bool = true,
        _ body: @Sendable (ServedStreams) async throws -> Result
    ) async throws -> Result {
        var settings = HTTPSettings()
        (settings.port, settings.token, settings.preview) = (0, token, preview)
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let directory = StreamDirectory(states, lines: [[0, 1]])
        let service = HTTPService(settings, streams: directory, metrics: MetricsRegistry(), logger: silent) {
            listening.yield($0)
        }
        let group = ServiceGroup(configuration: .init(services: [.init(service: service)], logger: silent))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            var port = ports.makeAsyncIterator()
            guard let port = await port.next() else {
                try await tasks.waitForAll()
                throw HTTPConversation.Failure(what: "the service ended")
            }
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await body(ServedStreams(service: service, directory: directory, port: port)))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    /// One question on a connection of its own.
    func ask(
        _ path: String, method: String = "GET", headers: [String] = ["Host: localhost"]
    ) async throws -> HTTPConversation.Answer {
        try await onThread { [port] in
            let conversation = try HTTPConversation(port: port)
            try conversation.ask(path, method: method, headers: headers)
            return try conversation.answer(hasBody: method != "HEAD")
        }
    }
}

/// A stream that delivers, of 64×48.
func deliveringStream(_ name: String, source: String = "/dev/video0") -> StreamState {
    let state = StreamState(name: name)
    state.update { status in
        (status.state, status.source, status.rate) = (.delivering, source, 29.97)
        status.format = LiveFormat(width: 64, height: 48, encoding: "YUYV", rate: 30)
    }
    return state
}

extension StreamState {
    /// Publishes frame `number`, with a face of 68 points, of a grey picture.
    func publish(frame number: Int) {
        let points = (0..<68).map { Point(Double($0) / 2, Double(number % 48)) }
        let face = TrackedFace(
            id: 1, confidence: 0.9, box: Box(around: points), points: points,
            pointConfidence: Array(repeating: 0.5, count: 68))
        let result = FrameResult(frame: number, time: 1_700_000_000 + Double(number) / 30, faces: [face])
        let picture = PixelBuffer(width: 64, height: 48, hasChroma: false)
        publish(
            StreamResult(stream: name, result: result, latency: 0.012, width: 64, height: 48),
            of: picture.frame(fullRange: true))
    }

    /// Publishes frames from 1 on, 100 a second, until the task is cancelled.
    func publishFrames() async {
        var number = 1
        while !Task.isCancelled {
            publish(frame: number)
            number += 1
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// Waits until a condition holds; false where it did not within 30 s.
func waited(until condition: @Sendable () async throws -> Bool) async rethrows -> Bool {
    let deadline = monotonicSeconds() + 30
    while try await !condition() {
        guard monotonicSeconds() < deadline else { return false }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return true
}
