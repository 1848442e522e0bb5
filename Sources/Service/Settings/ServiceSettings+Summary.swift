extension ServiceSettings {
    /// What is set, for people: a line on the whole, a line for each stream. `sources`: the streams' sources as they may be shown.
    func summary(sources: [String]) -> String {
        let count = streams.isEmpty ? "no stream" : streams.count == 1 ? "1 stream" : "\(streams.count) streams"
        let http = http.isOn ? "HTTP at \(http.listen)\(http.token == nil ? "" : " with a token")" : "no HTTP"
        let lines = zip(streams, sources).map { "  \($0.name): \($0.summary(source: $1))" }
        return (["\(count), \(http)"] + lines).joined(separator: "\n")
    }
}

extension StreamSettings {
    /// "/dev/video0, MJPG 1280x720, up to 2 faces -> csv:door.csv".
    fileprivate func summary(source: String) -> String {
        let asked = [format, size?.description, rate.map { "\($0) frames/s" }].compactMap(\.self)
        let parts = [source, asked.joined(separator: " "), faces == 1 ? "1 face" : "up to \(faces) faces"]
        let places = outputs.map(\.description).joined(separator: ", ")
        return (parts.filter { !$0.isEmpty }.joined(separator: ", ") + (places.isEmpty ? "" : " -> \(places)")).shown
    }
}
