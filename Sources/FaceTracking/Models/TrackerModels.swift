import Base
import Glibc

/// The two networks that a tracker needs: read once, used by any number of trackers.
package struct TrackerModels: Sendable {
    package let landmarks: CascadeModel
    package let locator: LocatorModel

    package init(_ landmarks: CascadeModel, _ locator: LocatorModel) {
        (self.landmarks, self.locator) = (landmarks, locator)
    }

    /// Reads the models that came with landmarkd, or the landmark model `given` instead.
    ///
    /// Throws as `ModelSearch.path` and `CascadeModel` do.
    package init(_ search: ModelSearch = ModelSearch(), given landmarks: String? = nil) throws(LandmarkdError) {
        self.landmarks = try CascadeModel(path: search.path(.landmarks, given: landmarks))
        locator = try LocatorModel(path: search.path(.locator))
    }

    /// A new tracker for one recording or stream. Bound to one thread.
    package func tracker(_ settings: TrackingSettings = TrackingSettings()) -> CascadeTracker {
        CascadeTracker(landmarks, locator: NetworkLocator(locator), settings: settings)
    }

    /// The same, optionally with smoothed landmarks.
    package func tracker(_ settings: TrackingSettings = TrackingSettings(), smooths: Bool) -> any FaceTracker {
        let tracker = tracker(settings)
        return smooths ? SmoothedTracker(tracker) : tracker
    }
}

/// A model file that comes with the program, by its name.
package enum ShippedModel: String {
    case landmarks = "face68.safetensors"
    case locator = "locator.safetensors"
    case averageFace = "average-face.safetensors"
}

/// Finds the model files that come with the program.
package struct ModelSearch {
    /// Folders in the order of search.
    package let folders: [String]

    /// `$LANDMARKD_MODELS`; `share/landmarkd/models` of the prefix that the program is installed under; `models` of
    /// the package that it was built in; `models` of the current folder.
    package init() {
        let named = getenv("LANDMARKD_MODELS").map { String(systemPath: $0) }
        self.init(named: named, program: Self.programPath)
    }

    /// The same with `first` in place of the variable.
    package init(first: String) { self.init(named: first, program: Self.programPath) }

    package init(named: String?, program: String?) {
        var folders: [String] = []
        if let named, !named.isEmpty { folders.append(named) }
        if let program {
            var parts = program.split(separator: "/").dropLast()
            folders.append("/" + (parts.dropLast() + ["share", "landmarkd", "models"]).joined(separator: "/"))
            while let build = parts.lastIndex(of: ".build") {
                parts = parts[..<build]
                folders.append("/" + (parts + ["models"]).joined(separator: "/"))
            }
        }
        self.folders = folders + ["models"]
    }

    /// `given`, else the first file of the model's name in the folders. Throws `.noInput` where there is none.
    package func path(_ model: ShippedModel, given: String? = nil) throws(LandmarkdError) -> String {
        if let given { return given }
        return try path(named: model.rawValue)
    }

    /// The first file called `name` in the folders. Throws `.noInput` where there is none.
    func path(named name: String) throws(LandmarkdError) -> String {
        for folder in folders where FileIdentity(path: "\(folder)/\(name)") != nil { return "\(folder)/\(name)" }
        throw LandmarkdError(
            .noInput, "\(name): not found in \(folders.joined(separator: ", "))",
            remedy: "give a model with --model, or set LANDMARKD_MODELS to the folder of the models")
    }

    private static var programPath: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
            let count = readlink("/proc/self/exe", buffer.baseAddress!, Int(PATH_MAX))
            guard count > 0 else { return nil }
            buffer[count] = 0
            return String(systemPath: buffer.baseAddress!)
        }
    }
}
