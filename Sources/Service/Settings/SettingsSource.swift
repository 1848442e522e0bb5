import Base
import SettingsFile

/// Where the settings come from: a file, overridden by variables, overridden by flags. Read at the start, and again when asked to.
package struct SettingsSource: Sendable {
    /// A value given outside the file.
    package struct Override: Sendable {
        /// "http.listen".
        package var key: String
        package var value: String
        /// As messages name it: "LANDMARKD_HTTP_LISTEN", "--listen".
        package var origin: String

        package init(key: String, value: String, origin: String) {
            (self.key, self.value, self.origin) = (key, value, origin)
        }
    }

    /// Nil: defaults and overrides alone.
    package var file: String?
    /// Later ones win.
    package var overrides: [Override]
    /// A single camera to serve instead of the streams in the file, with the settings of the stream of that name, otherwise `defaults`.
    package var camera: (name: String, source: String)?

    package init(file: String?, overrides: [Override] = [], camera: (name: String, source: String)? = nil) {
        (self.file, self.overrides, self.camera) = (file, overrides, camera)
    }

    /// Keys that variables set: `http.listen` by `LANDMARKD_HTTP_LISTEN`.
    package static let variables = ["http.listen", "http.token", "http.preview", "log.level", "models"]

    /// What an environment overrides; empty variables count as not set.
    package static func overrides(environment: [String: String]) -> [Override] {
        variables.compactMap { key in
            let name = "LANDMARKD_" + key.uppercased().replacing(".", with: "_")
            guard let value = environment[name], !value.isEmpty else { return nil }
            return Override(key: key, value: value, origin: name)
        }
    }

    /// Throws `.noInput` where the file is missing, `.wrongSettings` for errors in it, in variables or in flags.
    package func read() throws(LandmarkdError) -> ServiceSettings {
        var settings = ServiceSettings()
        if let file { try settings.read(SettingNode(file: file)) }
        for given in overrides {
            try settings.read(SettingNode(overriding: given.key, with: given.value, origin: given.origin))
        }
        if let camera { try settings.serveOnly(camera.source, name: camera.name) }
        for index in settings.streams.indices {
            let name = settings.streams[index].name
            settings.streams[index].outputs = settings.streams[index].outputs.map { $0.named(name) }
        }
        try settings.check(origin: file ?? "settings")
        return settings
    }
}

extension ServiceSettings {
    fileprivate mutating func serveOnly(_ source: String, name: String) throws(LandmarkdError) {
        guard StreamSettings.isName(name) else {
            throw LandmarkdError(
                .wrongSettings, "--name: '\(name)': a stream cannot have this name",
                remedy: "use up to 64 letters, digits, '.', '-' and '_', a letter or digit first")
        }
        var stream = streams.first { $0.name == name } ?? defaults
        (stream.name, stream.source) = (name, source)
        (streams, adoptsCameras) = ([stream], false)
    }
}
