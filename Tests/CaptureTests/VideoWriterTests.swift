import Base
import CFFmpeg
import Glibc
import TestSupport
import Testing

@testable import Capture

@Suite struct VideoWriterTests {
    let scratch = Scratch()

    @Test func aClipIsWholeOnlyOnceFinished() throws {
        let path = scratch.file("a.mp4")
        let writer = try VideoWriter(path, width: 96, height: 64)
        for index in 0..<10 { try writer.write(marked(index, width: 96, height: 64), time: Double(index) / 30) }
        #expect(access(path, F_OK) != 0 && access(path + ".partial", F_OK) == 0)
        try writer.finish()
        #expect(access(path, F_OK) == 0 && access(path + ".partial", F_OK) != 0)
        let (pictures, error) = try readAll(path)
        #expect(error == nil && pictures.count == 10)
    }

    @Test func anAbandonedClipLeavesNothing() throws {
        let path = scratch.file("a.mp4")
        do {
            let writer = try VideoWriter(path, width: 96, height: 64)
            try writer.write(marked(0, width: 96, height: 64), time: 0)
        }
        #expect(access(path, F_OK) != 0 && access(path + ".partial", F_OK) != 0)
    }

    @Test func theIndexStandsInFrontForPlayersOnTheNetwork() throws {
        try writeClip(scratch.file("a.mp4"))
        let file = bytes(of: scratch.file("a.mp4"))
        let place = { (name: String) in file.indices.first { file[$0...].starts(with: name.utf8) } }
        let (index, data) = (try #require(place("moov")), try #require(place("mdat")))
        #expect(index < data)
    }

    @Test func theSamePicturesGiveTheSameBytes() throws {
        try writeClip(scratch.file("a.mp4"))
        try writeClip(scratch.file("b.mp4"))
        #expect(bytes(of: scratch.file("a.mp4")) == bytes(of: scratch.file("b.mp4")))
    }

    @Test func lossless() throws {
        var encoding = VideoEncoding()
        encoding.quality = 0
        try writeClip(scratch.file("a.mp4"), times: [0, 0.04, 0.08], encoding)
        for picture in try readAll(scratch.file("a.mp4")).pictures {
            let (frame, wanted) = (try #require(picture.frame), marked(picture.index, width: 96, height: 64))
            for (x, y) in [(3, 5), (40, 30), (95, 63)] {
                #expect(colour(frame, x, y) == colour(wanted.frame(fullRange: false), x, y))
            }
        }
    }

    @Test func h264DropsAnOddColumnAndRow() throws {
        try writeClip(scratch.file("a.mp4"), width: 97, height: 65, times: [0, 0.04])
        let frame = try #require(try readAll(scratch.file("a.mp4")).pictures.last?.frame)
        #expect(frame.width == 96 && frame.height == 64)
    }

    @Test func aFullDiskIsToldAndLeavesNothing() {
        let path = scratch.file("a.mp4")
        symlink("/dev/full", path + ".partial")
        let error = #expect(throws: LandmarkdError.self) { try writeClip(path) }
        #expect(error?.exitCode == .inputOutput && error?.cause.contains("No space left") == true)
        #expect(access(path, F_OK) != 0 && access(path + ".partial", F_OK) != 0)
    }

    @Test func aFolderThatLacksIsToldAsSuch() {
        let error = #expect(throws: LandmarkdError.self) {
            try VideoWriter(scratch.file("no/such/a.mp4"), width: 96, height: 64)
        }
        #expect(error?.exitCode == .cannotCreate && error?.remedy != nil)
    }
}
