import Foundation
import Testing

@testable import Service

@Suite(.timeLimit(.minutes(3))) struct ConnectionLimitTests {
    @Test func withTwoHundredReadersOthersAreRefusedButForHealthAndMetrics() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            try await onThread {
                var readers: [HTTPConversation] = []
                for number in 1...HTTPService.connectionLimit {
                    let conversation = try HTTPConversation(port: served.port)
                    try conversation.ask("/v1/streams/a/events")
                    #expect(try conversation.head().status == 200, "connection \(number)")
                    readers.append(conversation)
                }
                let refused = try HTTPConversation(port: served.port)
                try refused.ask("/v1/streams")
                let answer = try refused.answer()
                #expect(answer.status == 503 && answer.text.contains("too many connections"))
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(refused.isEnded())
                for path in ["/healthz", "/metrics?now"] {
                    let watcher = try HTTPConversation(port: served.port)
                    try watcher.ask(path)
                    let answer = try watcher.answer()
                    #expect(answer.status == 200 && answer.headers["connection"] == "close", "\(path)")
                    #expect(watcher.isEnded(), "the place is for the next one")
                }
                readers.removeLast()
            }
            let isFree = try await waited { try await served.ask("/v1/streams").status == 200 }
            #expect(isFree, "a place that is left is given to the next")
            #expect(try await served.ask("/metrics").text.contains("landmarkd_http_refused_connections_total 1"))
        }
    }

    @Test func connectionsThatBringNothingLockNobodyOut() async throws {
        try await ServedStreams.run([deliveringStream("a")]) { served in
            try await onThread {
                var silent: [HTTPConversation] = []
                for _ in 0..<(HTTPService.connectionLimit + HTTPService.reservedConnections) {
                    silent.append(try HTTPConversation(port: served.port))
                }
                for path in ["/v1/streams", "/metrics", "/healthz", "/v1/streams/a/events"] {
                    let reader = try HTTPConversation(port: served.port)
                    try reader.ask(path)
                    #expect(try reader.head().status == 200, "\(path)")
                }
                #expect(silent[0].isEnded())
            }
        }
    }

    @Test func whoSendsNoWholeRequestIsGivenUp() async throws {
        try await ServedStreams.run([]) { served in
            try await onThread {
                let silent = try HTTPConversation(port: served.port)
                let slow = try HTTPConversation(port: served.port)
                try slow.send("GET / HTTP/1.1\r\nHost: localhost\r\n")
                // A header line now and then is no whole request.
                while (try? slow.send("X-More: 1\r\n")) != nil { Thread.sleep(forTimeInterval: 0.5) }
                #expect(silent.isEnded())
            }
        }
    }

    @Test func aConnectionIsKeptFromOneRequestToTheNext() async throws {
        try await ServedStreams.run([]) { served in
            try await onThread {
                let conversation = try HTTPConversation(port: served.port)
                for path in ["/healthz", "/v1/streams", "/"] {
                    try conversation.ask(path)
                    #expect(try conversation.answer().status == 200)
                }
                // Sent without waiting for the first answer; the last one asks to close.
                try conversation.ask("/healthz")
                try conversation.ask("/metrics", headers: ["Host: localhost", "Connection: Close"])
                #expect(try conversation.answer().headers["connection"] == nil)
                #expect(try conversation.answer().headers["connection"] == "close")
                #expect(conversation.isEnded())
            }
        }
    }
}
