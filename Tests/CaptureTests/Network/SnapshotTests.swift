import Base
import Foundation
import TestSupport
import Testing

@testable import Capture

/// Cameras that answer each request with one picture.
@Suite(.ownThread) struct SnapshotTests {
    /// Answers request n with brightness 20 + 10 n.
    private func camera(
        isKept: Bool = true, _ head: @escaping @Sendable (_ number: Int) -> String = { _ in "" }
    ) throws -> HTTPCamera {
        let shown = try pictures((0..<20).map { UInt8(20 + 10 * $0) })
        return try HTTPCamera { connection, request in
            let picture = shown[min(request.number, 19)]
            let length = isKept ? "Content-Length: \(picture.count)\r\n" : ""
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\(length)\(head(request.number))\r\n")
            connection.send(picture)
            return isKept
        }
    }

    private func lumas(_ count: Int, of source: any LiveSource) throws -> [Int] {
        try frames(count, of: source).map { Int((Double(middleLuma($0.frame)) / 10).rounded()) * 10 }
    }

    @Test func aSnapshotIsAskedForAgainOverTheSameConnection() throws {
        let camera = try camera()
        let source = try camera.open()
        #expect(try lumas(8, of: source) == [20, 30, 40, 50, 60, 70, 80, 90])
        #expect(camera.connectionCount == 1 && source.format.rate == nil)
        #expect(camera.requests.allSatisfy { $0.path == "/live" })
    }

    @Test func aCameraThatClosesAfterEachPictureIsAskedAnew() throws {
        let camera = try camera(isKept: false)
        #expect(try lumas(5, of: camera.open()) == [20, 30, 40, 50, 60])
        #expect(camera.connectionCount >= 5)
    }

    @Test func itIsNeverAskedMoreOftenThanTheRateSays() throws {
        let camera = try camera()
        let start = monotonicSeconds()
        let source = try camera.open(rate: 25)
        for index in 0..<6 {
            _ = try frames(1, of: source)
            #expect(monotonicSeconds() - start > Double(index) / 25 - 0.001)
        }
    }

    @Test func anUnchangedPictureIsNotSentAgainButStillShown() throws {
        let shown = try pictures([50, 150])
        let camera = try HTTPCamera { connection, request in
            // Changes with every third request.
            let version = request.number / 3
            if request.field("If-None-Match") == "\"v\(version)\"" {
                return connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v\(version)\"\r\n\r\n")
            }
            let picture = shown[version % 2]
            connection.send("HTTP/1.1 200 OK\r\nETag: \"v\(version)\"\r\nContent-Length: \(picture.count)\r\n\r\n")
            return connection.send(picture)
        }
        let source = try camera.open()
        let seen = try frames(9, of: source)
        #expect(seen.map { middleLuma($0.frame) / 10 } == [5, 5, 5, 15, 15, 15, 5, 5, 5])
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.frame.time < $1.frame.time })
        #expect(camera.requests.map { $0.field("If-None-Match") }.prefix(4) == [nil, "\"v0\"", "\"v0\"", "\"v0\""])
    }

    @Test(arguments: [
        ("Fri, 27 Nov 2026 10:00:07 GMT", true), ("Fri, 27 Nov 2026 10:00:08 GMT", false), ("yesterday", false),
    ]) func aTimeIsAConditionOnceItsSecondIsOver(_ changed: String, _ isCondition: Bool) throws {
        let camera = try camera { _ in "Last-Modified: \(changed)\r\nDate: Fri, 27 Nov 2026 10:00:08 GMT\r\n" }
        _ = try lumas(2, of: camera.open())
        #expect(camera.requests[0].field("If-Modified-Since") == nil)
        #expect(camera.requests[1].field("If-Modified-Since") == (isCondition ? changed : nil))
    }

    @Test func failuresThatPassAreBorne() throws {
        let picture = try pictures([90])[0]
        let camera = try HTTPCamera { connection, request in
            switch request.number % 5 {
            case 1: return connection.send(httpAnswer("503 Service Unavailable", "text/html", [1, 2, 3]))
            case 2: return false
            case 3: return connection.send(httpAnswer("200 OK", "text/html", Array("<html>".utf8)))
            default: return connection.send(httpAnswer("200 OK", "image/jpeg", picture))
            }
        }
        #expect(try lumas(6, of: camera.open()) == [90, 90, 90, 90, 90, 90])
        #expect(camera.requests.count >= 12)
    }

    @Test(arguments: [
        ("503 Service Unavailable", "the server answers with HTTP 503", ExitCode.unavailable),
        ("401 Unauthorized", "the server refuses access without the right password (HTTP 401)", .noPermission),
        ("404 Not Found", "the server has nothing of that name (HTTP 404)", .unavailable),
    ]) func failuresThatStayAreTold(_ status: String, _ cause: String, _ code: ExitCode) throws {
        let picture = try pictures([90])[0]
        let camera = try HTTPCamera { connection, request in
            let answer = request.number == 0 ? ("200 OK", picture) : (status, [])
            return connection.send(httpAnswer(answer.0, "image/jpeg", answer.1))
        }
        let source = try camera.open(patience: .reading(0.4), rate: 50)
        let error = try #require(fault(of: source))
        #expect(error.cause == "http://127.0.0.1:\(camera.port)/live: \(cause)" && error.exitCode == code)
    }

    @Test func digestPasswordsAreAnsweredForEachPicture() throws {
        let picture = try pictures([90])[0]
        let camera = try HTTPCamera { connection, request in
            guard let answer = request.field("Authorization"), isRightDigest(answer) else {
                let challenge = "Digest realm=\"cam\", nonce=\"n1\", qop=\"auth\", algorithm=MD5"
                return connection.send(
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(challenge)\r\nContent-Length: 0\r\n\r\n")
            }
            return connection.send(httpAnswer("200 OK", "image/jpeg", picture))
        }
        let source = try camera.open(user: "anna:sw%40rd:fish@")
        #expect(try lumas(4, of: source) == [90, 90, 90, 90])
        #expect(camera.requests.count { $0.field("Authorization") == nil } == 1)
        let wrong = try #require(fault { _ = try camera.open(user: "anna:herring@") })
        #expect(wrong.exitCode == .noPermission && !"\(wrong)".contains("herring"))
    }

    @Test func basicPasswordsAreSent() throws {
        let picture = try pictures([90])[0]
        let camera = try HTTPCamera { connection, request in
            guard request.field("Authorization") == "Basic " + Data("anna:sword@fish".utf8).base64EncodedString() else {
                return connection.send(
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n")
            }
            return connection.send(httpAnswer("200 OK", "image/jpeg", picture))
        }
        #expect(try lumas(3, of: camera.open(user: "anna:sword@fish@")) == [90, 90, 90])
    }
}

/// Whether the answer to the challenge above knows the password "sw@rd:fish" of "anna": RFC 7616, section 3.4.
private func isRightDigest(_ answer: String) -> Bool {
    var fields: [String: String] = [:]
    for match in answer.matches(of: /(\w+)=(?:"([^"]*)"|([^,\s]+))/) {
        fields[String(match.output.1)] = String(match.output.2 ?? match.output.3 ?? "")
    }
    func field(_ name: String) -> String { fields[name] ?? "" }
    let secret = md5("\(field("username")):cam:sw@rd:fish")
    let request = md5("GET:\(field("uri"))")
    let expected = md5("\(secret):\(field("nonce")):\(field("nc")):\(field("cnonce")):\(field("qop")):\(request)")
    return field("username") == "anna" && field("uri") == "/live" && field("response") == expected
}

/// In hexadecimal digits, by coreutils.
private func md5(_ text: String) -> String {
    guard let folder = try? TemporaryFolder(), (try? writeFile(folder.path("a"), Array(text.utf8))) != nil,
        let result = try? run("md5sum", [folder.path("a")])
    else { return "" }
    return String(result.output.prefix(32))
}
