import Foundation
import Testing

@testable import Service

@Suite(.timeLimit(.minutes(3))) struct ConnectionLimitTests {
    @Test func theTwoHundredAndFirstConnectionIsRefusedUntilOneIsFree() async throws {
        let board = deliveringBoard("a")
        try await ServedStreams.run([board]) { served in
            try await onThread {
                var idle: [HTTPConversation] = []
                for number in 1...HTTPService.connectionLimit {
                    let conversation = try HTTPConversation(port: served.port)
                    // Idle ones are soon given up by the service: readers of events are not.
                    try conversation.ask("/v1/streams/a/events")
                    #expect(try conversation.head().status == 200, "connection \(number)")
                    idle.append(conversation)
                }
                let refused = try HTTPConversation(port: served.port)
                let answer = try refused.answer()
                #expect(answer.status == 503 && answer.text.contains("too many connections"))
                #expect(refused.isEnded())
                idle.removeLast()
            }
            let isFree = await waited {
                (try? await served.ask("/metrics").text.contains("refused_connections_total")) == true
            }
            #expect(isFree, "a place that is left is given to the next")
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
}
