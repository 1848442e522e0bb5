import Foundation
import Glibc
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

@Suite(.ownThread) struct UnixSocketTests {
    let folder: TemporaryFolder
    var path: String { folder.path("a.socket") }

    init() throws { folder = try TemporaryFolder() }

    @Test func everyReaderGetsEveryLineFromWhenItConnects() throws {
        let sink = makeSink()
        try sink.flush()
        let first = try #require(SocketReader(path))
        try sink.write(posedResult([posedFace()], time: 1))
        let second = try #require(SocketReader(path))
        for time in [2.0, 3] { try sink.write(posedResult([posedFace()], time: time)) }
        #expect(try first.times(3) == [1, 2, 3] && second.times(2) == [2, 3])
        #expect(sink.lost == 0)
        sink.close()
        #expect(first.isEnded && second.isEnded && folder.names.isEmpty, "the socket's file is gone")
    }

    @Test func aReaderThatDoesNotReadIsDisconnectedAndTheOthersGoOn() throws {
        let sink = makeSink()
        try sink.flush()
        let (slow, quick) = (try #require(SocketReader(path)), try #require(SocketReader(path)))
        var sent = 0
        while sink.lost == 0, sent < 10_000 {
            sent += 1
            try sink.write(posedResult([posedFace()], time: Double(sent)))
            #expect(try quick.times(1) == [Double(sent)])
        }
        #expect(sink.lost == 1 && sent > 10)
        let kept = try slow.times(sent - 1)
        #expect(kept == kept.sorted() && kept.first == 1 && slow.isEnded, "whole lines, then the end")
        try sink.write(posedResult([posedFace()], time: 0))
        #expect(try quick.times(1) == [0] && sink.lost == 1)
    }

    @Test func aReaderThatLeavesCostsNothing() throws {
        let sink = makeSink()
        try sink.flush()
        var reader = SocketReader(path)
        #expect(reader != nil)
        try sink.write(posedResult([], time: 1))
        reader = nil
        for time in [2.0, 3] { try sink.write(posedResult([], time: time)) }
        let next = try #require(SocketReader(path))
        try sink.write(posedResult([], time: 4))
        #expect(try next.times(1) == [4])
    }

    @Test func aSocketThatWasLeftBehindIsReplaced() throws {
        let abandoned = makeSink()
        try abandoned.flush()
        // As a program that is killed leaves it: the file stays, and nobody listens.
        #expect(link(path, folder.path("kept")) == 0)
        abandoned.close()
        #expect(rename(folder.path("kept"), path) == 0 && kind(path) == S_IFSOCK)
        let sink = makeSink()
        try sink.flush()
        let reader = try #require(SocketReader(path))
        try sink.write(posedResult([], time: 5))
        #expect(try reader.times(1) == [5])
    }

    @Test func anotherProgramsSocketAndOtherFilesStay() throws {
        let other = makeSink()
        try other.flush()
        let fault = #expect(throws: LandmarkdError.self) { try makeSink().flush() }
        #expect(fault?.cause == "unix:\(path): another program listens there" && fault?.exitCode == .unavailable)
        other.close()
        try writeFile(path, Array("mine".utf8))
        let refused = #expect(throws: LandmarkdError.self) { try makeSink().flush() }
        #expect(refused?.cause == "unix:\(path): a file of this name is there, and is no socket")
        #expect(try readFile(path, atMost: 10) == Array("mine".utf8))
    }

    @Test func aSocketWhoseFileIsRemovedIsMadeAgain() throws {
        let sink = makeSink()
        try sink.flush()
        unlink(path)
        try sink.flush()
        #expect(SocketReader(path) != nil)
    }

    private func makeSink() -> UnixSocketSink { UnixSocketSink(path: path, JSONRows(stream: "a")) }
}

/// A program that reads lines from a socket.
private final class SocketReader {
    private let descriptor: Int32
    private var rest: [UInt8] = []

    init?(_ path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = descriptor
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        if !isConnected { return nil }
    }

    deinit { close(descriptor) }

    /// The times of the next `count` results; fewer where the connection ends before.
    func times(_ count: Int) throws -> [Double] {
        var times: [Double] = []
        while times.count < count {
            if let end = rest.firstIndex(of: 10) {
                let object = try JSONSerialization.jsonObject(with: Data(rest[..<end])) as? [String: Any]
                times.append(try #require(object?["time"] as? Double))
                rest.removeSubrange(...end)
            } else if !read() {
                break
            }
        }
        return times
    }

    /// Nothing comes any more.
    var isEnded: Bool { rest.isEmpty && !read() }

    private func read() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        rest += bytes.prefix(max(0, count))
        return count > 0
    }
}
