import FaceTracking
import Glibc

@testable import NeuralNetwork
@testable import Training

/// One reader of files that strangers may have made. Errors are welcome; crashes, hangs and huge memory are not.
///
/// The first byte says which reader the others are for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let text = TextFile(name: "fuzz", bytes: bytes)
    var pictures = PictureIndex(root: "/nowhere", files: ["a.jpg", "b/a.jpg"])
    switch start[0] % 9 {
    case 0, 1: try? fuzzSafetensors(bytes)
    case 2: _ = try? CascadeModel(SafetensorsFile(bytes: bytes, name: "fuzz"), name: "fuzz")
    case 3: _ = try? readAnnotationTable(text, scheme: .named("3")!)
    case 4: _ = try? readPointsFile(text)
    case 5: _ = try? readHelenFile(text)
    case 6: _ = try? readWFLWList(text, "list.txt", &pictures, scheme: .wflw98)
    case 7: _ = try? readDlibDataset(text, "a.xml", &pictures, scheme: .named("2")!)
    default: _ = try? readCOCOKeypoints(text, "a.json", &pictures, scheme: .named("2")!)
    }
    return 0
}

/// What can be read can be written, and reads the same again.
private func fuzzSafetensors(_ bytes: [UInt8]) throws {
    let file = try SafetensorsFile(bytes: bytes, name: "fuzz")
    let again = try SafetensorsFile(bytes: file.bytes(as: .float32, name: "fuzz"), name: "fuzz")
    precondition(again.metadata == file.metadata, "metadata changed")
    precondition(again.tensors.map(\.name) == file.tensors.map(\.name), "names changed")
    precondition(again.tensors.map(\.shape) == file.tensors.map(\.shape), "shapes changed")
    precondition(again.tensors.map(\.values) == file.tensors.map(\.values), "values changed")
}

/// libFuzzer's loop, for programs with a main function of their own.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(runFuzzer(&count, &arguments, fuzzOneInput))
