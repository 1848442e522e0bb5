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

    @Test(.enabled(if: lacksSmallDisk == nil, "needs root and the right to mount"))
    func aFullDiskIsToldAndLeavesNothing() throws {
        try withSmallDisk { disk in
            let error = #expect(throws: LandmarkdError.self) {
                try writeClip("\(disk)/a.mp4", width: 640, height: 480, times: (0..<200).map { Double($0) / 25 })
            }
            #expect(error?.exitCode == .inputOutput && error?.cause.contains("No space left") == true)
            #expect(folderNames(disk) == ["ballast"])
        }
    }

    @Test func theContainerIsThatOfTheName() throws {
        let names = ["a.mp4": "mp4", "a.M4V": "mp4", "a.mov": "mov", "a.mkv": "matroska", "a": "mp4"]
        for (name, container) in names { #expect(try VideoWriter.container(of: name) == container) }
        for name in ["a.avi", "a.webm", "a.gif", "a.png", "a.xyz", "a.mp5"] {
            let error = #expect(throws: LandmarkdError.self) { try VideoWriter.container(of: name) }
            #expect(error?.exitCode == .usage && error?.remedy == "name it a.mp4, .m4v, .mov or .mkv")
        }
    }

    @Test func aFolderThatLacksIsToldAsSuch() {
        let error = #expect(throws: LandmarkdError.self) {
            try VideoWriter(scratch.file("no/such/a.mp4"), width: 96, height: 64)
        }
        #expect(error?.exitCode == .cannotCreate && error?.remedy != nil)
    }
}
