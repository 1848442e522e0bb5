import Foundation
import TestSupport
import Testing

@testable import Service

@Suite(.timeLimit(.minutes(3))) struct EventStreamTests {
    @Test func eachFrameIsAnEvent() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            let publishing = Task { await state.publishFrames() }
            defer { publishing.cancel() }
            try await onThread {
                let conversation = try HTTPConversation(port: served.port)
                try conversation.ask("/v1/streams/a/events")
                let head = try conversation.head()
                #expect(head.status == 200 && head.headers["content-type"] == "text/event-stream")
                #expect(head.headers["cache-control"] == "no-store")
                #expect(try conversation.event() == "retry: 2000")
                var last = 0
                for _ in 0..<20 {
                    let lines = try conversation.event().split(separator: "\n")
                    let frame = try #require(Int(lines[0].dropFirst(4)))
                    #expect(frame > last && lines[0].hasPrefix("id: ") && lines.count == 2)
                    #expect(lines[1].hasPrefix(#"data: {"stream":"a","frame":\#(frame),"time":1700"#))
                    let data = Data(lines[1].dropFirst(6).utf8)
                    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: data) }
                    last = frame
                }
            }
        }
    }

    @Test func oneConnectionTellsOfAllStreamsAndOfLaterOnes() async throws {
        let states = ["a", "b", "c"].map { deliveringStream($0) }
        try await ServedStreams.run(Array(states[..<2])) { served in
            let publishing = Task {
                await withTaskGroup(of: Void.self) { group in
                    for state in states { group.addTask { await state.publishFrames() } }
                }
            }
            defer { publishing.cancel() }
            try await onThread {
                let conversation = try HTTPConversation(port: served.port)
                try conversation.ask("/v1/events")
                _ = try conversation.head()
                func seen(_ names: Set<String>) throws {
                    var missing = names
                    while !missing.isEmpty {
                        let event = try conversation.event()
                        missing = missing.filter { !event.contains("{\"stream\":\"\($0)\"") }
                    }
                }
                try seen(["a", "b"])
                served.directory.set(states)
                try seen(["a", "b", "c"])
            }
        }
    }

    @Test func aStreamThatIsSetUpAgainContinuesInTheSameConnection() async throws {
        let (old, new) = (deliveringStream("a"), deliveringStream("a"))
        try await ServedStreams.run([old]) { served in
            let publishing = Task {
                old.publish(frame: 1)
                await new.publishFrames()
            }
            defer { publishing.cancel() }
            try await onThread {
                let conversation = try reader(of: served)
                served.directory.set([new])
                old.close()
                #expect(try conversation.event().contains("\"stream\":\"a\""))
                served.directory.set([])
                #expect(conversation.isEnded(), "the stream is no more")
            }
        }
    }

    @Test(arguments: ["/v1/events", "/v1/streams/a/events"], ["Authorization", "query"])
    func anotherTokenEndsOpenEventStreams(_ path: String, _ way: String) async throws {
        let (old, new) = ("an-old-token-of-24-bytes", "a-new-token-of-24-bytes-")
        let state = deliveringStream("a")
        try await ServedStreams.run([state], token: old) { served in
            try await onThread {
                func open(_ token: String) throws -> HTTPConversation {
                    let conversation = try HTTPConversation(port: served.port)
                    let isQuery = way == "query"
                    try conversation.ask(
                        isQuery ? "\(path)?token=\(token)" : path,
                        headers: ["Host: localhost"] + (isQuery ? [] : ["Authorization: Bearer \(token)"]))
                    return conversation
                }
                let conversation = try open(old)
                #expect(try conversation.event(afterHead: true) == "retry: 2000")
                served.service.settings.token = new
                state.publish(frame: 1)
                #expect(throws: HTTPConversation.Failure.self, "not even one event more") {
                    _ = try conversation.event()
                }
                #expect(try open(old).head().status == 401)
                #expect(try open(new).event(afterHead: true) == "retry: 2000")
            }
        }
    }

    @Test func aQuietStreamSendsComments() async throws {
        try await ServedStreams.run([deliveringStream("a")]) { served in
            try await onThread {
                let conversation = try reader(of: served)
                #expect(try conversation.event() == ": nothing new")
            }
        }
    }

    @Test func aReaderThatDoesNotReadMissesFramesAndHoldsUpNobody() async throws {
        let state = deliveringStream("a")
        let count = 300
        try await ServedStreams.run([state]) { served in
            try await onThread {
                let (slow, brisk) = (try reader(of: served, buffer: 4096), try reader(of: served))
                while served.service.events.readerCount != 2 { Thread.sleep(forTimeInterval: 0.02) }
                // Some 1 MB, which no buffer on the way holds; whatever the slow one does, the other gets each frame.
                for number in 1...count {
                    state.publish(frame: number)
                    guard try frames(brisk, through: number) == [number] else {
                        throw HTTPConversation.Failure(what: "missed")
                    }
                }
                let late = try frames(slow, through: count)
                #expect(late == late.sorted() && late.count < count, "\(late.count)")
            }
        }
    }

    @Test func theKernelHoldsLittleForAReaderThatDoesNotRead() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            try await onThread {
                let (slow, brisk) = (try reader(of: served, buffer: 4096), try reader(of: served))
                while served.service.events.readerCount != 2 { Thread.sleep(forTimeInterval: 0.02) }
                // Some 3 MB; the kernel would take all of it.
                for number in 1...1000 {
                    state.publish(frame: number)
                    _ = try frames(brisk, through: number)
                }
                let queued = try mostQueuedBytes(port: served.port)
                #expect(queued < 256 * 1024, "\(queued)")
                withExtendedLifetime(slow) {}
            }
        }
    }

    @Test func aReaderThatNeverReadsIsLetGo() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            let publishing = Task { await state.publishFrames() }
            defer { publishing.cancel() }
            try await onThread {
                let stuck = try HTTPConversation(port: served.port, buffer: 4096)
                try stuck.ask("/v1/streams/a/events")
                while served.service.events.readerCount != 1 { Thread.sleep(forTimeInterval: 0.02) }
                #expect(waits(seconds: 60) { served.service.events.readerCount == 0 })
                withExtendedLifetime(stuck) {}
            }
        }
    }

    @Test func aReaderThatGoesAwayFreesItsPlace() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            try await onThread {
                let conversation = try reader(of: served)
                while served.service.events.readerCount != 1 { Thread.sleep(forTimeInterval: 0.02) }
                withExtendedLifetime(conversation) {}
            }
            #expect(await waited { served.service.events.readerCount == 0 })
        }
    }

    @Test func theServiceEndsWithOpenEventStreamsAndConnections() async throws {
        let state = deliveringStream("a")
        let areEnded = try await ServedStreams.run([state]) { served in
            let reading = Task {
                try await onThread {
                    var conversations = [try HTTPConversation(port: served.port)]
                    for path in ["/v1/streams/a/events", "/v1/events", "/v1/streams/a/events"] {
                        let conversation = try HTTPConversation(port: served.port, buffer: 4096)
                        try conversation.ask(path)
                        conversations.append(conversation)
                    }
                    while state.latest?.result.frame != 1500 { Thread.sleep(forTimeInterval: 0.02) }
                    return conversations.map { $0.isEnded() }
                }
            }
            #expect(await waited { served.service.events.readerCount == 3 })
            // More than is taken: the service is stuck in the middle of an event to each.
            await onThread {
                for number in 1...1500 {
                    state.publish(frame: number)
                    Thread.sleep(forTimeInterval: 0.001)
                }
            }
            return reading
        }
        #expect(try await areEnded.value == [true, true, true, true])
    }
}

/// The bytes that wait in the kernel to be taken by one reader of the port: the most of all.
private func mostQueuedBytes(port: Int) throws -> Int {
    let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
    let queued = table.split(separator: "\n").dropFirst().compactMap { line -> Int? in
        let fields = line.split(separator: " ")
        guard fields.count > 4, let local = fields[1].split(separator: ":").last, Int(local, radix: 16) == port else {
            return nil
        }
        return fields[4].split(separator: ":").first.flatMap { Int($0, radix: 16) }
    }
    return queued.max() ?? 0
}

/// A connection that reads the events of stream "a"; with a small `buffer` the kernel keeps little for it.
private func reader(of served: ServedStreams, buffer: Int32? = nil) throws -> HTTPConversation {
    let conversation = try HTTPConversation(port: served.port, buffer: buffer)
    try conversation.ask("/v1/streams/a/events")
    #expect(try conversation.event(afterHead: true) == "retry: 2000")
    return conversation
}

/// Numbers of the frames in an event stream until one is there.
private func frames(_ conversation: HTTPConversation, through last: Int) throws -> [Int] {
    var numbers: [Int] = []
    while numbers.last != last {
        let event = try conversation.event()
        if event.hasPrefix("id: "), let number = Int(event.dropFirst(4).prefix { $0 != "\n" }) {
            numbers.append(number)
        }
    }
    return numbers
}

extension HTTPConversation {
    /// The first event of an answer.
    fileprivate func event(afterHead: Bool) throws -> String {
        guard try head().status == 200 else { throw Failure(what: "the event stream was refused") }
        return try event()
    }
}
