import FaceTracking

@testable import Safetensors
@testable import Samples
@testable import SettingsFile
@testable import Training

/// A reader of what strangers may have made. Errors are welcome; crashes, hangs and huge memory are not.
struct FuzzTarget: Sendable {
    let name: String
    let run: @Sendable ([UInt8]) -> Void

    /// The one that libFuzzer runs; set once, before it starts.
    nonisolated(unsafe) static var current: FuzzTarget?

    static let all: [FuzzTarget] = [
        FuzzTarget(name: "safetensors") { try? fuzzSafetensors($0) },
        FuzzTarget(name: "model") { _ = try? CascadeModel(SafetensorsFile(bytes: $0, name: "fuzz"), name: "fuzz") },
        FuzzTarget(name: "annotations") {
            _ = try? readAnnotationTable(TextFile(name: "fuzz", bytes: $0), scheme: .named("3")!)
        },
        FuzzTarget(name: "points") { _ = try? readPointsFile(TextFile(name: "fuzz", bytes: $0)) },
        FuzzTarget(name: "helen") { _ = try? readHelenFile(TextFile(name: "fuzz", bytes: $0)) },
        FuzzTarget(name: "wflw") { bytes in
            var pictures = someNames
            _ = try? readWFLWList(TextFile(name: "fuzz", bytes: bytes), "list.txt", &pictures, scheme: .wflw98)
        },
        FuzzTarget(name: "dlib") { bytes in
            var pictures = someNames
            _ = try? readDlibDataset(TextFile(name: "fuzz", bytes: bytes), "a.xml", &pictures, scheme: .named("2")!)
        },
        FuzzTarget(name: "coco") { bytes in
            var pictures = someNames
            _ = try? readCOCOKeypoints(TextFile(name: "fuzz", bytes: bytes), "a.json", &pictures, scheme: .named("2")!)
        },
        FuzzTarget(name: "clock", run: fuzzClock),
        FuzzTarget(name: "numbers", run: fuzzNumbers),
        FuzzTarget(name: "recipe", run: fuzzRecipe),
    ]
}

/// Pictures that lists may name.
private var someNames: PictureIndex { PictureIndex(root: "/nowhere", files: ["a.jpg", "b/a.jpg"]) }

/// What can be read can be written, and reads the same again.
private func fuzzSafetensors(_ bytes: [UInt8]) throws {
    let file = try SafetensorsFile(bytes: bytes, name: "fuzz")
    let again = try SafetensorsFile(bytes: file.bytes(as: .float32, name: "fuzz"), name: "fuzz")
    precondition(again.metadata == file.metadata, "metadata changed")
    precondition(again.tensors.map(\.name) == file.tensors.map(\.name), "names changed")
    precondition(again.tensors.map(\.shape) == file.tensors.map(\.shape), "shapes changed")
    precondition(again.tensors.map(\.values) == file.tensors.map(\.values), "values changed")
}

/// A document is refused or read as it stands: nothing in it is expanded.
private func fuzzRecipe(_ bytes: [UInt8]) {
    guard let top = try? SettingNode(yaml: bytes, file: "fuzz") else { return }
    precondition(top.size <= bytes.count + 2, "\(top.size) values of \(bytes.count) bytes")
    _ = try? TrainingRecipe(top, task: .landmarks)
}

extension SettingNode {
    /// Values in it, with itself and the keys of tables.
    fileprivate var size: Int {
        if let mapping = node.mapping {
            return mapping.reduce(1) { $0 + child("", $1.key).size + child("", $1.value).size }
        }
        return node.sequence?.reduce(1) { $0 + child("", $1).size } ?? 1
    }
}
