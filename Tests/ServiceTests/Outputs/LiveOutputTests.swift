import Foundation
import Glibc
import Metrics
import Synchronization
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

@Suite(.ownThread) struct LiveOutputTests {
    let lines = LogLines()
    let registry = MetricsRegistry()

    @Test func aSlowSinkDoesNotHoldUpTheGiver() throws {
        let gate = Gate()
        let sink = PlayedSink { while gate.isClosed { usleep(1000) } }
        let (output, faults) = start(sink)
        for frame in 1...500 { output.put(playedResult(frame)) }
        gate.open()
        output.end()
        #expect(output.wait(until: .now() + 60))
        let written = sink.frames
        #expect(64...66 ~= written.count && Array(written.prefix(64)) == Array(1...64), "what fits in the queue")
        // One more fits once the thread has taken the first, whenever that is.
        #expect(written == written.sorted(), "in order: \(written.suffix(3))")
        #expect(count("dropped") == 500 - written.count && count("results") == written.count)
        #expect(faults.all.isEmpty && sink.isClosed)
    }

    @Test func aFailingSinkIsToldOnceRetriedAndRecovers() throws {
        let failures = Atomic(30)
        let sink = PlayedSink { () throws(LandmarkdError) in
            if failures.subtract(1, ordering: .relaxed).newValue >= 0 {
                throw LandmarkdError(.inputOutput, "/full: writing: No space left on device")
            }
        }
        let (output, faults) = start(sink)
        var given = 0
        #expect(
            waits {
                given += 1
                output.put(playedResult(given))
                return faults.all.last == "works"
            })
        output.end()
        #expect(output.wait(until: .now() + 60))
        #expect(faults.all.first == "test: /full: writing: No space left on device")
        #expect(lines.containing("<3>").count == 1 && lines.containing("works again after").count == 1)
        #expect(count("failures") == 1 && count("dropped") >= 30)
        #expect(count("dropped") + count("results") == given && count("results") == sink.frames.count)
    }

    @Test func aSinkThatHangsIsGivenUp() throws {
        let gate = Gate()
        let (output, _) = start(PlayedSink { while gate.isClosed { usleep(1000) } })
        output.put(playedResult(1))
        output.end()
        #expect(!output.wait(until: .now() + 0.05))
        gate.open()
        #expect(output.wait(until: .now() + 60))
    }

    @Test func aDatagramHoldsOneObject() throws {
        let receiver = try #require(DatagramReceiver())
        let sink = DatagramSink(host: "127.0.0.1", port: receiver.port)
        for frame in 1...3 { try sink.write(playedResult(frame)) }
        for frame in 1...3 {
            let object = try JSONSerialization.jsonObject(with: Data(receiver.next())) as? [String: Any]
            #expect(object?["frame"] as? Int == frame && (object?["faces"] as? [Any])?.count == 1)
        }
    }

    @Test func nobodyNeedsToListen() throws {
        let port = try #require(DatagramReceiver()).port
        let sink = DatagramSink(host: "localhost", port: port)
        for frame in 1...20 { try sink.write(playedResult(frame)) }
    }

    @Test func aHostThatIsNotThereIsSaid() {
        let sink = DatagramSink(host: "no host", port: 9)
        let fault = #expect(throws: LandmarkdError.self) { try sink.write(playedResult(1)) }
        #expect(fault?.cause.hasPrefix("udp:no host:9: looking the host up: ") == true)
    }

    @Test func aLineThatWasCutIsNotGluedToTheNext() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        defer { for end in ends { close(end) } }
        let sink = StandardOutputSink(JSONRows(stream: "a"), descriptor: ends[1])
        var written = 0
        while (try? sink.write(playedResult(written + 1))) != nil { written += 1 }
        var (text, bytes) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
        func drain() {
            while case let count = read(ends[0], &bytes, bytes.count), count > 0 { text += bytes[..<count] }
        }
        drain()
        try sink.write(playedResult(1000))
        drain()
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(lines.count >= written + 1)
        #expect(lines.last?.contains("\"frame\":1000,") == true)
        #expect(lines.last?.hasPrefix("{\"stream\"") == true && lines.last?.hasSuffix("}") == true)
    }

    private func start(_ sink: PlayedSink) -> (LiveOutput, Words) {
        let faults = Words()
        let metrics = StreamMetrics(stream: "a", factory: registry).output("test")
        let listener = LiveOutput.Listener(fault: { faults.add($0 ?? "works") }, written: { _ in })
        let retry = Backoff(first: 0.001, longest: 0.002)
        let output = LiveOutput(
            "test", metrics: metrics, log: lines.log.logger(), retry: retry, listener: listener, makeSink: { sink })
        return (output, faults)
    }

    /// The value of a counter of the output.
    private func count(_ name: String) -> Int {
        let start = "landmarkd_output_\(name)_total{"
        let line = registry.text(version: "0").split(separator: "\n").first { $0.hasPrefix(start) }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? -1
    }
}

private func playedResult(_ frame: Int) -> StreamResult {
    let found = FrameResult(frame: frame, time: 1_795_651_198 + Double(frame), faces: [playedFace(id: 1)])
    return StreamResult(stream: "a", result: found, latency: 0.01, width: 8, height: 8)
}

private final class Words: Sendable {
    private let words = Mutex<[String]>([])

    var all: [String] { words.withLock { $0 } }

    func add(_ word: String) { words.withLock { $0.append(word) } }
}

/// Keeps the numbers of the frames it was given, after what a test wants to happen first.
private final class PlayedSink: LiveSink, Sendable {
    let lost = 0
    private let before: @Sendable () throws(LandmarkdError) -> Void
    private let state = Mutex<(frames: [Int], isClosed: Bool)>(([], false))

    init(_ before: @escaping @Sendable () throws(LandmarkdError) -> Void) { self.before = before }

    var frames: [Int] { state.withLock { $0.frames } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        try before()
        state.withLock { $0.frames.append(result.result.frame) }
    }

    func flush() {}

    func close() { state.withLock { $0.isClosed = true } }
}

/// A UDP socket on a free port of this machine.
final class DatagramReceiver {
    let port: Int
    private let descriptor: Int32

    init?() {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        if !isBound { return nil }
    }

    deinit { close(descriptor) }

    /// Waits for the next datagram.
    func next() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return Array(bytes[..<max(0, count)])
    }
}
