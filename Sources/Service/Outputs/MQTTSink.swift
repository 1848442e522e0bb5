import Base
import Foundation
import Results

/// Tells an MQTT broker whether somebody is there, and what they do; with retained availability, a last will, and Home Assistant's discovery.
final class MQTTSink: LiveSink {
    private let name: String
    private let stream: String
    private let settings: MQTTSettings
    private var watch: PresenceWatch
    private var client: MQTTClient?
    /// Told to the broker by this connection.
    private var told: PresenceState?
    private var events: [PresenceEvent] = []
    let lost = 0

    init(_ name: String, stream: String, settings: MQTTSettings) {
        (self.name, self.stream, self.settings) = (name, stream, settings)
        watch = PresenceWatch(lookingWithin: settings.lookingWithin)
    }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        events += watch.add(result)
        try tell()
    }

    /// Keeps the connection alive while no results come, which is also nobody.
    func flush() throws(LandmarkdError) {
        events += watch.wait(until: unixSeconds())
        try tell()
    }

    func close() throws(LandmarkdError) {
        guard let client else { return }
        self.client = nil
        try client.publish(availability("offline"))
        client.disconnect()
    }

    private func tell() throws(LandmarkdError) {
        do throws(LandmarkdError) {
            let client = if let client { client } else { try connect() }
            self.client = client
            let state = watch.state
            // What happened while the broker was away is not news any more.
            if told == nil { events = [] }
            for event in events { try client.publish(message("event", event, isRetained: false)) }
            events = []
            if state != told { try client.publish(message("state", state, isRetained: true)) }
            told = state
            try client.run()
        } catch {
            (client, told) = (nil, nil)
            throw error
        }
    }

    private func connect() throws(LandmarkdError) -> MQTTClient {
        let client = try MQTTClient(name, settings, will: availability("offline"))
        if let prefix = settings.discovery {
            for sensor in HomeAssistantSensor.all {
                try client.publish(
                    MQTTClient.Message(
                        topic: sensor.topic(prefix, stream: stream),
                        payload: sensor.configuration(stream: stream, topic: topic), isRetained: true))
            }
        }
        try client.publish(availability("online"))
        return client
    }

    private var topic: String { settings.topic.replacing("{stream}", with: stream) }

    private func availability(_ word: String) -> MQTTClient.Message {
        MQTTClient.Message(topic: "\(topic)/availability", payload: word, isRetained: true)
    }

    private func message(_ name: String, _ value: some Encodable, isRetained: Bool) -> MQTTClient.Message {
        MQTTClient.Message(topic: "\(topic)/\(name)", payload: jsonText(value), isRetained: isRetained)
    }
}

/// One line of JSON; its keys are sorted and in snake case.
func jsonText(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Ours are texts, flags and finite numbers, which can always be encoded.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
}

/// What Home Assistant is told of a value in a stream's state.
struct HomeAssistantSensor {
    let key: String
    let name: String
    let component: String
    var deviceClass: String?
    var unit: String?

    static let all = [
        HomeAssistantSensor(key: "present", name: "Present", component: "binary_sensor", deviceClass: "occupancy"),
        HomeAssistantSensor(key: "looking", name: "Looking", component: "binary_sensor"),
        HomeAssistantSensor(key: "faces", name: "Faces", component: "sensor"),
        HomeAssistantSensor(key: "blink_rate", name: "Blink rate", component: "sensor", unit: "1/min"),
    ]

    func topic(_ prefix: String, stream: String) -> String {
        "\(prefix)/\(component)/landmarkd_\(Self.identifier(stream))/\(key)/config"
    }

    /// The retained message that announces it.
    func configuration(stream: String, topic: String) -> String {
        let id = "landmarkd_\(Self.identifier(stream))"
        return jsonText(
            Announcement(
                name: name, uniqueId: "\(id)_\(key)", stateTopic: "\(topic)/state",
                valueTemplate: "{{ value_json.\(key) }}", availabilityTopic: "\(topic)/availability",
                payloadOn: component == "binary_sensor" ? "True" : nil,
                payloadOff: component == "binary_sensor" ? "False" : nil, deviceClass: deviceClass,
                unitOfMeasurement: unit, device: Device(identifiers: [id], name: stream, manufacturer: "landmarkd")))
    }

    /// Only letters, digits, '-' and '_' may stand there.
    private static func identifier(_ stream: String) -> String {
        String(stream.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }

    /// Home Assistant's own names, in snake case once they are encoded.
    private struct Announcement: Encodable {
        let name, uniqueId, stateTopic, valueTemplate, availabilityTopic: String
        let payloadOn, payloadOff, deviceClass, unitOfMeasurement: String?
        let device: Device
    }

    private struct Device: Encodable {
        let identifiers: [String]
        let name, manufacturer: String
    }
}
