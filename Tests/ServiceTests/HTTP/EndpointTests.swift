import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Service

@Suite struct EndpointTests {
    @Test func thePageComesWithItsParts() async throws {
        try await ServedStreams.run([]) { served in
            let page = try await served.ask("/")
            #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.text == Page.html)
            #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(page.headers["x-content-type-options"] == "nosniff")
            #expect(page.headers["access-control-allow-origin"] == nil)
            #expect(try await served.ask("/page.css").text == Page.style)
            let script = try await served.ask("/page.js")
            #expect(script.text == Page.script && script.headers["content-type"]?.hasPrefix("text/javascript") == true)
        }
    }

    /// The reference page tells what is served.
    @Test func everyPathOfTheReferenceIsServed() async throws {
        let stream = deliveringStream("door")
        stream.publish(frame: 1)
        try await ServedStreams.run([stream]) { served in
            for endpoint in HTTPEndpoint.all where endpoint.type != "text/event-stream" && endpoint.type != "image/jpeg"
            {
                let answer = try await served.ask(endpoint.path.replacing("NAME", with: "door"))
                #expect(answer.status == 200, "\(endpoint.path)")
                #expect(answer.headers["content-type"]?.hasPrefix(endpoint.type) == true, "\(endpoint.path)")
            }
        }
    }

    @Test func healthTellsWhyAStreamDoesNotDeliver() async throws {
        let (good, bad) = (deliveringStream("a"), StreamState(name: "b"))
        try await ServedStreams.run([good, bad]) { served in
            let starting = try await served.ask("/healthz")
            #expect(starting.status == 503)
            #expect(
                starting.text
                    == #"{"failing":[{"name":"b","reasons":["no frame yet"],"state":"starting"}],"status":"failing"}"#
                    + "\n")
            bad.update { ($0.state, $0.reasons) = (.waiting, ["/dev/video1: no frame for 2.0 s"]) }
            #expect(try await served.ask("/healthz").text.contains("/dev/video1: no frame for 2.0 s"))
            bad.update { ($0.state, $0.reasons) = (.delivering, []) }
            let healthy = try await served.ask("/healthz")
            #expect(healthy.status == 200 && healthy.text == #"{"failing":[],"status":"ok"}"# + "\n")
            good.update { $0.reasons = ["csv: /data: No space left on device"] }
            #expect(try await served.ask("/healthz").status == 503, "it delivers, but an output fails")
        }
    }

    @Test func streamsAreListedWithTheirNumbers() async throws {
        let state = deliveringStream("door")
        state.update { ($0.received, $0.dropped, $0.tracked, $0.reconnects) = (100, 2, 98, 1) }
        state.publish(frame: 98)
        try await ServedStreams.run([state]) { served in
            let list = try await object(served.ask("/v1/streams"))
            #expect(list["lines"] as? [[Int]] == [[0, 1]])
            #expect(list["preview"] as? Bool == true)
            let stream = try #require((list["streams"] as? [[String: Any]])?.first)
            #expect(stream["name"] as? String == "door" && stream["state"] as? String == "delivering")
            #expect(stream["healthy"] as? Bool == true && stream["source"] as? String == "/dev/video0")
            #expect(stream["rate"] as? Double == 29.97)
            #expect([stream["received"], stream["dropped"], stream["tracked"]] as? [Int] == [100, 2, 98])
            #expect(stream["reconnects"] as? Int == 1 && stream["faces"] as? Int == 1)
            #expect(stream["latency"] as? Double == 0.012)
            let format = try #require(stream["format"] as? [String: Any])
            #expect(format["width"] as? Int == 64 && format["encoding"] as? String == "YUYV")
        }
    }

    @Test func aStreamsNewestResultHasTheKeysOfJSONLines() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            let early = try await served.ask("/v1/streams/a")
            #expect(early.status == 503 && early.headers["retry-after"] == "2")
            state.publish(frame: 7)
            let answer = try await served.ask("/v1/streams/a")
            #expect(
                answer.headers["content-type"] == "application/json" && answer.headers["cache-control"] == "no-store")
            let result = try object(answer)
            #expect(result["stream"] as? String == "a" && result["frame"] as? Int == 7)
            #expect([result["width"], result["height"]] as? [Int] == [64, 48])
            #expect(result["time"] as? Double == 1_700_000_000.233333 && result["latency"] as? Double == 0.012)
            let face = try #require((result["faces"] as? [[String: Any]])?.first)
            #expect(Set(face.keys) == ["id", "confidence", "box", "points", "point_confidence"])
            #expect((face["points"] as? [[Double]])?[3] == [1.5, 7])
        }
    }

    @Test func passwordsOfSourcesAreShownToNobody() async throws {
        let source = "rtsp://admin:secret@camera.local:554/live?token=secret"
        let state = deliveringStream("a", source: source)
        state.update { ($0.state, $0.reasons) = (.waiting, ["\(source): opening: Connection refused"]) }
        try await ServedStreams.run([state]) { served in
            for path in ["/v1/streams", "/healthz", "/v1/streams/a", "/v1/streams/a/frame.jpg"] {
                let text = try await served.ask(path).text
                #expect(text.contains("rtsp://camera.local:554/live") && !text.contains("secret"), "\(path)")
            }
        }
    }

    @Test func namesAreDecoded() async throws {
        let state = deliveringStream("Büro 1/2")
        state.publish(frame: 1)
        try await ServedStreams.run([state]) { served async throws in
            #expect(try await served.ask("/v1/streams/B%C3%BCro%201%2F2").status == 200)
            #expect(try await served.ask("/v1/streams/Buero").status == 404)
            #expect(try await served.ask("/v1/streams/%FF%zz").status == 400)
        }
    }

    @Test func whatIsNotThereIsSaidWithWhatIs() async throws {
        try await ServedStreams.run([deliveringStream("front"), deliveringStream("back")]) { served in
            let near = try await served.ask("/v1/streams/frnt/events")
            #expect(near.status == 404)
            #expect(near.text == #"{"error":"no stream is called 'frnt'","remedy":"did you mean 'front'?"}"# + "\n")
            let far = try await served.ask("/v1/streams/x/frame.jpg")
            #expect(far.text.contains("streams here: front, back"))
            for path in ["/v2", "/v1", "/v1/streams/front/frame.png", "/index.html"] {
                let answer = try await served.ask(path)
                #expect(answer.status == 404 && answer.text.contains(#""remedy":"ask for /"#), "\(path)")
            }
        }
    }

    @Test func metricsAreServedWithTheProcessAndTheConnections() async throws {
        try await ServedStreams.run([]) { served in
            _ = try await served.ask("/nothing")
            let answer = try await served.ask("/metrics")
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.text.contains("landmarkd_build_info{version=\"\(programVersion)\"} 1\n"))
            #expect(answer.text.contains("landmarkd_http_requests_total{code=\"404\"} 1\n"))
            #expect(answer.text.contains("process_open_fds"))
        }
    }

    @Test(.enabled(if: hasProgram("promtool"), "promtool of Debian's package prometheus is not installed"))
    func promtoolFindsNothingInTheWholeText() async throws {
        try await ServedStreams.run([]) { served in
            let text = try await served.ask("/metrics").text
            let folder = try TemporaryFolder()
            try text.write(toFile: folder.path("metrics"), atomically: false, encoding: .utf8)
            let result = try await onThread {
                try TestSupport.run("sh", ["-c", "promtool check metrics < \"$0\"", folder.path("metrics")])
            }
            #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
        }
    }

    private func object(_ answer: HTTPConversation.Answer) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }
}
