import Foundation
import Glibc
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

private let lacksBroker = !hasProgram("mosquitto") || !hasProgram("mosquitto_sub")

/// A real mosquitto on loopback; its own client reads what arrives.
@Suite(.ownThread, .enabled(if: !lacksBroker, "mosquitto and mosquitto-clients are not installed (make test-deps)"))
struct MQTTTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func availabilityStateAndDiscoveryAreRetained() throws {
        let broker = try Broker(folder, port: try freePort())
        let sink = makeSink(broker.port)
        try sink.write(posedResult([posedFace()], time: 100))
        try sink.flush()
        let retained = try broker.retained()
        #expect(retained["landmarkd/a/availability"] == "online")
        let state = try object(retained["landmarkd/a/state"])
        #expect(state["faces"] as? Int != nil && state.keys.contains("blink_rate"))
        let configuration = try object(retained["homeassistant/binary_sensor/landmarkd_a/present/config"])
        #expect(configuration["state_topic"] as? String == "landmarkd/a/state")
        #expect(configuration["availability_topic"] as? String == "landmarkd/a/availability")
        #expect(configuration["unique_id"] as? String == "landmarkd_a_present")
        #expect(retained.keys.filter { $0.hasPrefix("homeassistant/") }.count == 4)
        #expect(retained["landmarkd/a/event"] == nil, "events are not kept")
        try sink.close()
        #expect(try broker.retained()["landmarkd/a/availability"] == "offline")
    }

    @Test func aBrokerThatIsAbsentComesAndIsKilledIsFoundAgain() throws {
        let port = try freePort()
        let sink = makeSink(port)
        let fault = #expect(throws: LandmarkdError.self) { try sink.write(posedResult([], time: 1)) }
        #expect(fault?.cause.hasPrefix("mqtt:127.0.0.1:\(port): connecting: ") == true, "\(fault?.cause ?? "")")
        var broker = try Broker(folder, port: port)
        try sink.write(posedResult([], time: 2))
        #expect(try broker.retained()["landmarkd/a/availability"] == "online")
        broker.kill()
        let isNoticed = waits { (try? sink.write(posedResult([], time: 3))) == nil }
        #expect(isNoticed)
        broker = try Broker(folder, port: port)
        try sink.write(posedResult([], time: 4))
        try sink.flush()
        #expect(try broker.retained()["landmarkd/a/availability"] == "online")
        try sink.close()
    }

    @Test func aCertificateOfAnotherAuthorityIsRefused() throws {
        try makeCertificate("own")
        try makeCertificate("other")
        let broker = try Broker(folder, port: try freePort(), certificate: "own")
        var settings = MQTTSettings(host: "127.0.0.1", port: broker.port)
        settings.certificates = .file(path: folder.path("other.pem"))
        let wrong = MQTTSink("mqtt:test", stream: "a", settings: settings)
        let fault = #expect(throws: LandmarkdError.self) { try wrong.write(posedResult([], time: 1)) }
        #expect(fault?.cause.contains("TLS") == true && fault?.remedy?.contains("certificates") == true)
        settings.certificates = .file(path: folder.path("own.pem"))
        let right = MQTTSink("mqtt:test", stream: "a", settings: settings)
        try right.write(posedResult([], time: 1))
        try right.close()
        settings.certificates = .file(path: folder.path("none.pem"))
        let missing = MQTTSink("mqtt:test", stream: "a", settings: settings)
        #expect(throws: LandmarkdError.self) { try missing.write(posedResult([], time: 1)) }
    }

    private func makeSink(_ port: Int) -> MQTTSink {
        MQTTSink(
            "mqtt:127.0.0.1:\(port)", stream: "a", settings: MQTTSettings(host: "127.0.0.1", port: port))
    }

    private func object(_ text: String?) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(try #require(text).utf8))
        return try #require(object as? [String: Any])
    }

    /// A certificate for 127.0.0.1 that signs itself.
    private func makeCertificate(_ name: String) throws {
        let made = try run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", folder.path("\(name).key"), "-out",
                folder.path("\(name).pem"),
            ])
        #expect(made.status == 0, "\(made.errors)")
    }
}

/// A running mosquitto.
private final class Broker {
    let port: Int
    private let program: RunningProgram

    init(_ folder: TemporaryFolder, port: Int, certificate: String? = nil) throws {
        self.port = port
        var lines = ["listener \(port) 127.0.0.1", "allow_anonymous true", "user root"]
        if let certificate {
            lines += ["certfile \(folder.path("\(certificate).pem"))", "keyfile \(folder.path("\(certificate).key"))"]
        }
        try writeFile(folder.path("broker.conf"), Array((lines.joined(separator: "\n") + "\n").utf8))
        program = try RunningProgram("mosquitto", ["-c", folder.path("broker.conf")])
        let program = program
        #expect(waits { answers(port) }, "mosquitto did not start: \(program.errorsSoFar)")
    }

    deinit { kill() }

    func kill() {
        program.send(SIGKILL)
        _ = try? program.finish()
    }

    /// Retained messages by topic, read by mosquitto's own client.
    func retained() throws -> [String: String] {
        // Its time limit is an alarm, which threads of tests block, and which programs that they start inherit.
        let read = try run(
            "env",
            [
                "--default-signal=ALRM", "mosquitto_sub", "-h", "127.0.0.1", "-p", "\(port)", "-t", "#",
                "--retained-only", "-W", "1", "-F", "%t %p",
            ])
        let lines = read.output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        return Dictionary(lines.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 }
    }
}

private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    #expect(isBound)
    return Int(UInt16(bigEndian: address.sin_port))
}

/// Whether somebody listens at a port of this machine.
private func answers(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(port: port)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}

private func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}
