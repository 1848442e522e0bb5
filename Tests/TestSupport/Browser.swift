import Foundation

/// Headless Chromium with one page, driven over a pipe by its DevTools protocol. Thread-bound; waits, so not for tasks.
///
/// Source: https://chromedevtools.github.io/devtools-protocol
public final class Browser {
    public struct Failure: Error {
        public let what: String
    }

    /// What the page complained of since it was opened: exceptions, and errors on the console.
    public private(set) var complaints: [String] = []

    private let place: TemporaryFolder
    private let program: RunningProgram
    private let requests: FileHandle
    private let answers: FileHandle
    private var unread = Data()
    private var lastRequest = 0
    private var session: String?

    /// `width` and `height` in CSS pixels, `scale` pixels of the screen to each.
    public init(width: Int, height: Int, scale: Double = 1, isDark: Bool = false) throws {
        place = try TemporaryFolder()
        for name in ["requests", "answers"] { mkfifo(place.path(name), 0o600) }
        program = try RunningProgram(
            "sh",
            [
                "-c",
                """
                exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                --remote-debugging-pipe --user-data-dir="$0/profile" about:blank 3<"$0/requests" 4>"$0/answers"
                """,
                place.path,
            ])
        // Each open waits for the other side.
        requests = try FileHandle(forWritingTo: URL(fileURLWithPath: place.path("requests")))
        answers = try FileHandle(forReadingFrom: URL(fileURLWithPath: place.path("answers")))
        let target = try call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
        session = try call("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log"] { _ = try call("\(domain).enable") }
        let scheme = ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]
        _ = try call("Emulation.setEmulatedMedia", ["features": [scheme]])
        _ = try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600])
    }

    deinit {
        // Its helpers end with it; the profile goes with the folder.
        program.send(SIGKILL)
        _ = try? program.finish()
    }

    public func open(_ address: String) throws { _ = try call("Page.navigate", ["url": address]) }

    /// The value of a JavaScript expression, as JSON gives it.
    public func evaluate(_ expression: String) throws -> Any? {
        let answer = try call("Runtime.evaluate", ["expression": expression, "returnByValue": true])
        if let exception = answer["exceptionDetails"] { throw Failure(what: "\(expression): \(exception)") }
        return (answer["result"] as? [String: Any])?["value"]
    }

    /// Waits until an expression is true; throws with what the page shows where it is not within so many seconds.
    public func wait(seconds: Double = 60, until expression: String) throws {
        let deadline = Date().addingTimeInterval(seconds)
        // An expression may fail while the page is loading.
        while (try? evaluate("Boolean(\(expression))")) as? Bool != true {
            guard Date() < deadline else {
                let shown = try evaluate("document.body.innerText") as? String ?? ""
                throw Failure(what: "not so within \(seconds) s: \(expression)\n\(shown)\n\(complaints)")
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    /// The whole page as a PNG file.
    public func takePicture(_ path: String) throws {
        let answer = try call("Page.captureScreenshot", ["captureBeyondViewport": true])
        guard let data = (answer["data"] as? String).flatMap({ Data(base64Encoded: $0) }) else {
            throw Failure(what: "no screenshot")
        }
        try data.write(to: URL(fileURLWithPath: path))
    }

    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        let number = try send(method, parameters, session: session)
        while true {
            let message = try receive()
            if message["id"] as? Int == number {
                if let error = message["error"] { throw Failure(what: "\(method): \(error)") }
                return message["result"] as? [String: Any] ?? [:]
            }
            notice(message)
        }
    }

    private func send(_ method: String, _ parameters: [String: Any], session: String?) throws -> Int {
        lastRequest += 1
        var message: [String: Any] = ["id": lastRequest, "method": method, "params": parameters]
        message["sessionId"] = session
        try requests.write(contentsOf: try JSONSerialization.data(withJSONObject: message) + [0])
        return lastRequest
    }

    /// Messages end with a zero byte.
    private func receive() throws -> [String: Any] {
        while true {
            if let end = unread.firstIndex(of: 0) {
                defer { unread = Data(unread[unread.index(after: end)...]) }
                return try JSONSerialization.jsonObject(with: unread[..<end]) as? [String: Any] ?? [:]
            }
            var part = [UInt8](repeating: 0, count: 1 << 16)
            var entry = pollfd(fd: answers.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 60_000) == 1 else { throw Failure(what: "chromium does not answer") }
            let count = read(answers.fileDescriptor, &part, part.count)
            guard count > 0 else { throw Failure(what: "chromium has ended") }
            unread += part[..<count]
        }
    }

    private func notice(_ message: [String: Any]) {
        let parameters = message["params"] as? [String: Any] ?? [:]
        switch message["method"] as? String {
        case "Runtime.exceptionThrown": complaints.append("\(parameters["exceptionDetails"] ?? "")")
        case "Runtime.consoleAPICalled" where ["error", "warning"].contains(parameters["type"] as? String):
            complaints.append("\(parameters["args"] ?? "")")
        case "Log.entryAdded":
            let entry = parameters["entry"] as? [String: Any] ?? [:]
            if ["error", "warning"].contains(entry["level"] as? String) {
                complaints.append("\(entry["text"] ?? "") \(entry["url"] ?? "")")
            }
        default: break
        }
    }
}
