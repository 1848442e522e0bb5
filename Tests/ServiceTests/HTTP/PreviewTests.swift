import Capture
import Logging
import TestSupport
import Testing

@testable import Base
@testable import Service

@Suite(.timeLimit(.minutes(3))) struct PreviewTests {
    @Test func aPictureShowsTheNextFrame() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            let publishing = Task { await state.publishFrames() }
            defer { publishing.cancel() }
            let answer = try await served.ask("/v1/streams/a/frame.jpg")
            #expect(answer.status == 200 && answer.headers["content-type"] == "image/jpeg")
            #expect(answer.headers["cache-control"] == "no-store")
            #expect(try #require(answer.headers["landmarkd-frame"].flatMap { Int($0) }) >= 1)
            let folder = try TemporaryFolder()
            try writeFile(folder.path("a.jpg"), answer.body)
            let picture = try readStill(folder.path("a.jpg"))
            #expect(picture.width == 64 && picture.height == 48)
        }
    }

    @Test func manyAskersShareOnePicture() async throws {
        let state = deliveringStream("a")
        let pictures = PreviewPictures(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let answers = await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<20 { group.addTask { await pictures.picture(of: state, within: 60)?.frame } }
            let isAsked = await waited {
                let count = await pictures.waitingCount(for: state)
                return count == 20 && state.waiting.pictures == 1
            }
            #expect(isAsked)
            state.publish(frame: 1)
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: 1, count: 20))
        #expect(state.waiting.pictures == 0)
    }

    @Test func noPictureInTimeIsSaid() async throws {
        let state = StreamState(name: "a")
        try await ServedStreams.run([state]) { served in
            let starting = try await served.ask("/v1/streams/a/frame.jpg")
            #expect(starting.status == 503 && starting.text.contains("no frame yet"))
            state.update { ($0.state, $0.reasons) = (.waiting, ["/dev/video0: no such device"]) }
            let lost = try await served.ask("/v1/streams/a/frame.jpg")
            #expect(lost.status == 503 && lost.text.contains("no such device"))
            #expect(state.waiting.pictures == 1, "one question is open, whoever asks")
        }
    }

    @Test func picturesCanBeSwitchedOff() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state], preview: false) { served in
            let answer = try await served.ask("/v1/streams/a/frame.jpg")
            #expect(answer.status == 404 && answer.text.contains("pictures are switched off"))
            #expect(state.waiting.pictures == 0, "no frame is copied")
            #expect(try await served.ask("/v1/streams").text.contains(#""preview":false"#))
        }
    }
}
