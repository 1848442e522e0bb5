import Base
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Capture

@Suite(.ownThread) struct OutputFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func text(_ name: String) throws -> String {
        String(decoding: try readFile(folder.path(name), atMost: 1 << 20), as: UTF8.self)
    }

    @Test func aFileIsReplacedOnceItIsWhole() throws {
        try writeFile(folder.path("a"), Array("old".utf8))
        let output = try OutputFile(folder.path("a"))
        let descriptor = try output.open()
        try writeAll(Array("new".utf8), to: descriptor, path: "a")
        close(descriptor)
        #expect(try text("a") == "old" && folder.names == ["a", "a.partial"])
        try output.commit()
        #expect(try text("a") == "new" && folder.names == ["a"])
    }

    @Test(arguments: [false, true]) func aLinkStaysAndItsFileIsReplaced(exists: Bool) throws {
        mkdir(folder.path("t"), 0o777)
        if exists { try writeFile(folder.path("t/x"), Array("old".utf8)) }
        symlink("t/x", folder.path("inner"))
        symlink(folder.path("inner"), folder.path("l"))
        try writeFile(folder.path("l"), Array("new".utf8))
        #expect(try text("t/x") == "new")
        #expect(kind(folder.path("l")) == S_IFLNK && kind(folder.path("inner")) == S_IFLNK)
        #expect(folderNames(folder.path("t")) == ["x"])
    }

    @Test func linksThatLeadNowhereAreAnError() throws {
        symlink("b", folder.path("a"))
        symlink("a", folder.path("b"))
        let circle = #expect(throws: LandmarkdError.self) { try OutputFile(folder.path("a")) }
        #expect(circle?.exitCode == .cannotCreate && circle?.remedy != nil)
        for path in [folder.path, ""] {
            let error = #expect(throws: LandmarkdError.self) { try OutputFile(path) }
            #expect(error?.exitCode == .cannotCreate, "\(path)")
        }
    }

    @Test(.enabled(if: lacksDevices == nil, "needs device nodes")) func devicesAreWrittenToAndStay() throws {
        for name in ["null", "full"] { #expect(makeDevice(name, at: folder.path(name))) }
        let before = [kind(folder.path("null")), kind(folder.path("full"))]
        try writeFile(folder.path("null"), [1, 2, 3])
        let fault = #expect(throws: LandmarkdError.self) { try writeFile(folder.path("full"), [1]) }
        #expect(fault?.exitCode == .inputOutput && fault?.cause.contains("No space left") == true)
        let video = #expect(throws: LandmarkdError.self) { try writeClip(folder.path("full")) }
        #expect(video?.exitCode == .inputOutput && video?.cause.contains("No space left") == true)
        try writeClip(folder.path("null"), times: [0, 0.04])
        #expect([kind(folder.path("null")), kind(folder.path("full"))] == before)
        #expect(folder.names == ["full", "null"])
    }

    @Test func aPipesReaderGetsAllAndThePipeStays() throws {
        mkfifo(folder.path("p"), 0o600)
        let reader = reading(folder.path("p"))
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try writeFile(folder.path("p"), bytes)
        #expect(reader.wait() == bytes)
        #expect(kind(folder.path("p")) == S_IFIFO && folder.names == ["p"])
    }

    @Test func aVideoIntoAPipePlays() throws {
        mkfifo(folder.path("p"), 0o600)
        let reader = reading(folder.path("p"))
        try writeClip(folder.path("p"))
        try writeFile(folder.path("got.mp4"), reader.wait())
        let (pictures, error) = try readAll(folder.path("got.mp4"))
        #expect(error == nil && pictures.count == 20 && pictures.allSatisfy { $0.frame != nil })
    }

    @Test func aSocketIsConnectedTo() throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = folder.path("s")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0 && listen(listener, 1) == 0)
        try writeFile(path, Array("rows".utf8))
        let peer = accept(listener, nil, nil)
        defer { close(peer) }
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(peer, &bytes, 16) == 4 && bytes.starts(with: "rows".utf8))
        #expect(kind(path) == S_IFSOCK)
    }

    @Test func ownDescriptorsAreWrittenToAsTheyAre() throws {
        let file = open(folder.path("a"), O_WRONLY | O_CREAT, 0o600)
        defer { close(file) }
        try writeAll(Array("head ".utf8), to: file, path: "a")
        symlink("/dev/fd/\(file)", folder.path("l"))
        for path in ["/dev/fd/\(file)", "/proc/self/fd/\(file)", folder.path("l")] {
            #expect(try OutputFile(path).isSpecial, "\(path)")
            try writeFile(path, Array("x".utf8))
        }
        #expect(try text("a") == "head xxx", "each goes on where the descriptor stands")
        #expect(folder.names == ["a", "l"])
    }

    @Test func whatHasThePartialNameIsNotFollowed() throws {
        try writeFile(folder.path("victim"), Array("precious".utf8))
        symlink("victim", folder.path("a.partial"))
        mkfifo(folder.path("b.partial"), 0o600)
        for name in ["a", "b"] {
            let output = try OutputFile(folder.path(name))
            let error = #expect(throws: LandmarkdError.self) { try output.open() }
            #expect(error?.exitCode == .cannotCreate && error?.remedy == "remove it")
        }
        #expect(try text("victim") == "precious")
    }

    @Test func theSameFileByTwoNamesIsNoticed() throws {
        symlink("a", folder.path("l"))
        let plain = try OutputFile(folder.path("a"))
        #expect(try plain.isSame(as: OutputFile(folder.path("l"))))
        #expect(try plain.isSame(as: OutputFile(folder.path("./a"))))
        #expect(try !plain.isSame(as: OutputFile(folder.path("b"))))
        try writeFile(folder.path("a"), [])
        #expect(try plain.isSame(as: OutputFile(folder.path("l"))))
    }

    /// Reads all of a pipe in a thread of its own.
    private func reading(_ path: String) -> Reader { Reader(path) }

    private final class Reader: @unchecked Sendable {  // Sendable: `bytes` is read once `done` is signalled
        private let done = DispatchSemaphore(value: 0)
        private var bytes: [UInt8] = []

        init(_ path: String) {
            Thread {
                self.bytes = CaptureTests.bytes(of: path)
                self.done.signal()
            }.start()
        }

        func wait() -> [UInt8] {
            done.wait()
            return bytes
        }
    }
}
