import Base
import CMosquitto
import Glibc

/// A connection to an MQTT broker, by libmosquitto. Bound to one thread, which has to call `run` every few seconds.
final class MQTTClient {
    struct Message {
        var topic: String
        var payload: String
        var isRetained: Bool
    }

    /// Seconds without a sign of life after which the broker counts as gone.
    private static let keepAlive: Int32 = 15
    /// Seconds that a broker has to accept a connection.
    private static let patience = 5.0
    private static let isReady: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code

    /// What callbacks report. They run inside `mosquitto_loop`, on the thread of the client.
    private final class Events {
        /// The broker's answer to the connection: 0 accepted.
        var answer: Int32?
    }

    private let name: String
    private let settings: MQTTSettings
    private let handle: OpaquePointer
    private let events = Events()

    /// Connects. `will`: what the broker publishes when the connection is lost. Throws where the broker is not there, or refuses.
    init(_ name: String, _ settings: MQTTSettings, will: Message) throws(LandmarkdError) {
        guard Self.isReady, let made = mosquitto_new(nil, true, nil) else {
            throw LandmarkdError(.unavailable, "\(name): libmosquitto does not start: \(systemFault())", remedy: nil)
        }
        (self.name, self.settings, handle) = (name, settings, made)
        mosquitto_user_data_set(made, Unmanaged.passUnretained(events).toOpaque())
        mosquitto_connect_callback_set(made) { _, data, answer in
            guard let data else { return }
            Unmanaged<Events>.fromOpaque(data).takeUnretainedValue().answer = answer
        }
        try check(
            mosquitto_will_set(
                made, will.topic, Int32(will.payload.utf8.count), will.payload, 1, will.isRetained), "setting the will")
        if let user = settings.user {
            try check(mosquitto_username_pw_set(made, user, settings.password), "setting user and password")
        }
        try setCertificates()
        try connect()
    }

    deinit { mosquitto_destroy(handle) }

    func publish(_ message: Message) throws(LandmarkdError) {
        let size = Int32(message.payload.utf8.count)
        let code = mosquitto_publish(handle, nil, message.topic, size, message.payload, 1, message.isRetained)
        try check(code, "publishing")
    }

    /// Sends and receives what is due; waits up to `seconds` for it.
    func run(seconds: Double = 0) throws(LandmarkdError) {
        try check(mosquitto_loop(handle, Int32(seconds * 1000), 1), "the connection is lost")
    }

    /// Waits until everything that was published is on its way, and ends the connection.
    func disconnect() {
        let end = monotonicSeconds() + 0.3
        while mosquitto_want_write(handle), monotonicSeconds() < end {
            if mosquitto_loop(handle, 20, 1) != MOSQ_ERR_SUCCESS.code { return }
        }
        mosquitto_disconnect(handle)
        _ = mosquitto_loop(handle, 20, 1)
    }

    private func setCertificates() throws(LandmarkdError) {
        switch settings.certificates {
        case .none: return
        case .system: try check(mosquitto_tls_set(handle, nil, "/etc/ssl/certs", nil, nil, nil), "reading certificates")
        case .file(let path):
            try check(mosquitto_tls_set(handle, path, nil, nil, nil, nil), "reading certificates: \(path)")
        }
    }

    private func connect() throws(LandmarkdError) {
        try check(mosquitto_connect(handle, settings.host, Int32(settings.port), Self.keepAlive), "connecting")
        let end = monotonicSeconds() + Self.patience
        while events.answer == nil, monotonicSeconds() < end {
            try check(mosquitto_loop(handle, 100, 1), "connecting")
        }
        guard let answer = events.answer else {
            throw LandmarkdError(
                .unavailable, "\(name): connecting: no answer within \(Int(Self.patience)) s",
                remedy: "check that an MQTT broker listens there, and whether it wants TLS (certificates)")
        }
        guard answer == 0 else {
            throw LandmarkdError(
                .unavailable, "\(name): connecting: \(String(cString: mosquitto_connack_string(answer)))",
                remedy: "check user, password and the broker's rules")
        }
    }

    private func check(_ code: Int32, _ what: String) throws(LandmarkdError) {
        guard code != MOSQ_ERR_SUCCESS.code else { return }
        let fault = errno
        let why = code == MOSQ_ERR_ERRNO.code ? systemFault(fault) : String(cString: mosquitto_strerror(code))
        let isTLS = code == MOSQ_ERR_TLS.code
        throw LandmarkdError(
            .unavailable, "\(name): \(what): \(why)",
            remedy: isTLS
                ? "check that 'certificates' names the authority that signed the broker's certificate, which must be for this host"
                : "check the broker's address, and that it runs")
    }
}

extension mosq_err_t {
    fileprivate var code: Int32 { rawValue }
}
