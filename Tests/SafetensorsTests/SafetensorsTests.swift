import Base
import Glibc
import TestSupport
import Testing

@testable import NeuralNetwork

@Suite struct SafetensorsTests {
    let example = SafetensorsFile(
        metadata: ["format": "landmarkd/1", "odd": "\"quoted\" \\ \n \u{1} Gesicht ü 😀"],
        tensors: [
            ("stem.weight", [2, 3], [0, 1, -2, 0.5, 1024, -0.125]), ("scalar", [], [3]), ("none", [0, 4], []),
            ("a ü", [1], [-0.0]),
        ])

    @Test(arguments: [SafetensorsFile.Precision.float32, .float16])
    func whatIsWrittenIsReadBack(precision: SafetensorsFile.Precision) throws {
        let read = try SafetensorsFile(bytes: example.bytes(as: precision, name: "m"), name: "m")
        #expect(read.metadata == example.metadata)
        #expect(read.tensors.map(\.name) == example.tensors.map(\.name))
        #expect(read.tensors.map(\.shape) == example.tensors.map(\.shape))
        #expect(read.tensors.map(\.values) == example.tensors.map(\.values))
    }

    @Test func aFileSurvivesTheDisk() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("model.safetensors")
        try example.write(to: path, as: .float32)
        #expect(try SafetensorsFile(path: path)["stem.weight"]?.values == example.tensors[0].values)
        #expect(folder.names == ["model.safetensors"], "a temporary file stayed")
    }

    @Test func halfPrecisionRoundsToTheNearest() throws {
        let file = SafetensorsFile(tensors: [("w", [3], [0.1, 65504, 1e-8])])
        let read = try SafetensorsFile(bytes: file.bytes(as: .float16, name: "m"), name: "m")
        #expect(read.tensors[0].values == [0.099975586, 65504, 0])
    }

    @Test func bfloat16IsRead() throws {
        let read = try SafetensorsFile(
            bytes: file(#"{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, [0x80, 0x3F, 0x20, 0xC0]),
            name: "m")
        #expect(read.tensors[0].values == [1, -2.5])
    }

    @Test func tensorsComeInTheOrderOfTheirPlace() throws {
        let header =
            #"{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#
        let read = try SafetensorsFile(bytes: file(header, [0, 0, 128, 63, 0, 0, 0, 64]), name: "m")
        #expect(read.tensors.map(\.name) == ["a", "b"])
        #expect(read.tensors.map(\.values) == [[1], [2]])
    }

    /// Header, bytes after it, and a word of the message.
    static let broken: [(String, Int, String)] = [
        ("", 0, "ends too early"),
        ("[]", 0, "not an object"),
        ("{", 0, "'\"' expected"),
        (#"{"w":null}"#, 0, "whole number expected"),
        (#"{"w":[]}"#, 0, "'w': not an object"),
        (#"{"w":{}}"#, 0, "dtype, shape and data_offsets"),
        (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4, "dtype, shape and data_offsets"),
        (#"{"w":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}"#, 4, "dtype, shape and data_offsets"),
        (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 8, "dtype, shape and data_offsets"),
        (#"{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, 8, "type 'F64'"),
        (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3, "outside the 3 bytes"),
        (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "outside"),
        (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "for 8 bytes"),
        (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5, "1 bytes after the last"),
        (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "leaves a gap"),
        (
            #"{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}"#,
            4,
            "overlaps"
        ),
        (#"{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0, "absurd"),
        (#"{"w":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,4]}}"#, 4, "absurd"),
        (#"{"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#, 4, "absurd"),
        (#"{"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4, "number too large"),
        (#"{"w":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, 4, "starts with 0"),
        (#"{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "whole number expected"),
        (#"{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4, "']' expected"),
        (#"{"__metadata__":{"a":1}}"#, 0, "'a': not a string"),
        (#"{"__metadata__":[]}"#, 0, "metadata: not an object"),
        (#"{"__metadata__":{"a":"1","\u0061":"2"}}"#, 0, "key 'a' twice"),
        (#"{"__metadata__":{"a":"\x"}}"#, 0, "unknown escape"),
        (#"{"__metadata__":{"a":"\ud800"}}"#, 0, "half of a surrogate pair"),
        (#"{"__metadata__":{"a":"\ud800\u0041"}}"#, 0, "half of a surrogate pair"),
        (#"{"__metadata__":{"a":"\u12g4"}}"#, 0, "four hexadecimal"),
        ("{\"a\nb\":1}", 0, "control character"),
        (#"{"a"#, 0, "string without end"),
        (#"{"a":1,}"#, 0, "'\"' expected"),
        ("{} x", 0, "more text"),
        (String(repeating: #"{"a":"#, count: 5000), 0, "nested deeper"),
    ]

    @Test(arguments: broken) func brokenHeadersAreRefused(header: String, count: Int, word: String) {
        let fault = #expect(throws: LandmarkdError.self) {
            _ = try SafetensorsFile(bytes: file(header, [UInt8](repeating: 0, count: count)), name: "m")
        }
        #expect(fault?.exitCode == .unusableData)
        #expect(
            fault?.cause.hasPrefix("m: safetensors: ") == true && fault?.cause.contains(word) == true, "\(fault!.cause)"
        )
    }

    @Test func sizesThatTheFileCannotHoldAreRefused() {
        for length in [UInt64(3), 1 << 22, 1 << 40, .max] {
            var bytes = file("{}", [])
            withUnsafeBytes(of: length.littleEndian) { bytes.replaceSubrange(..<8, with: $0) }
            #expect(throws: LandmarkdError.self) { _ = try SafetensorsFile(bytes: bytes, name: "m") }
        }
        for count in 0..<8 {
            #expect(throws: LandmarkdError.self) {
                _ = try SafetensorsFile(bytes: [UInt8](repeating: 0, count: count), name: "m")
            }
        }
    }

    @Test func aStringThatIsNoUTF8IsRefused() {
        var bytes = file(#"{"__metadata__":{"a":"??"}}"#, [])
        for index in bytes.indices where bytes[index] == UInt8(ascii: "?") { bytes[index] = 0xFF }
        #expect(throws: LandmarkdError.self) { _ = try SafetensorsFile(bytes: bytes, name: "m") }
    }

    @Test func everyCutIsRefused() throws {
        let whole = try example.bytes(as: .float16, name: "m")
        for count in whole.indices {
            #expect(throws: LandmarkdError.self, "cut to \(count) bytes") {
                _ = try SafetensorsFile(bytes: Array(whole[..<count]), name: "m")
            }
        }
    }

    @Test(arguments: [Float.nan, .infinity]) func valuesThatAreNotFiniteAreRefusedByName(value: Float) throws {
        var bytes = try SafetensorsFile(tensors: [("good", [1], [1]), ("bad", [2], [1, 7])]).bytes(
            as: .float32, name: "m")
        withUnsafeBytes(of: value) { bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: $0) }
        let reading = #expect(throws: LandmarkdError.self) { _ = try SafetensorsFile(bytes: bytes, name: "m") }
        #expect(reading?.cause == "m: safetensors: tensor 'bad': NaN or infinite")
        let writing = #expect(throws: LandmarkdError.self) {
            _ = try SafetensorsFile(tensors: [("bad", [1], [value])]).bytes(as: .float32, name: "m")
        }
        #expect(writing?.exitCode == .internalFault)
        #expect(throws: LandmarkdError.self) {
            _ = try SafetensorsFile(tensors: [("large", [1], [70000])]).bytes(as: .float16, name: "m")
        }
    }

    @Test func filesThatCannotBeReadOrMade() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: LandmarkdError.self) { _ = try SafetensorsFile(path: folder.path("none")) }
        #expect(missing?.exitCode == .noInput)
        let noFile = #expect(throws: LandmarkdError.self) { _ = try SafetensorsFile(path: folder.path) }
        #expect(noFile?.exitCode == .noInput)
        let noFolder = #expect(throws: LandmarkdError.self) { try example.write(to: folder.path("a/b"), as: .float16) }
        #expect(noFolder?.exitCode == .cannotCreate)
    }

    @Test(.enabled(if: hasProgram("python3"), "needs python3")) func pythonReadsWhatWeWrite() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("model.safetensors")
        try example.write(to: path, as: .float16)
        let script = """
            import json, struct, sys
            data = open(sys.argv[1], 'rb').read()
            length = struct.unpack('<Q', data[:8])[0]
            header = json.loads(data[8:8 + length])
            start, end = header['stem.weight']['data_offsets']
            values = struct.unpack('<6e', data[8 + length + start:8 + length + end])
            assert values == (0, 1, -2, 0.5, 1024, -0.125), values
            assert length % 8 == 0 and header['scalar']['shape'] == []
            assert header['__metadata__']['odd'] == '"quoted" \\\\ \\n \\x01 Gesicht ü 😀', header
            """
        #expect(try run("python3", ["-c", script, path]).status == 0)
    }

    private func file(_ header: String, _ values: [UInt8]) -> [UInt8] {
        var bytes = Array(header.utf8) + values
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.insert(contentsOf: $0, at: 0) }
        return bytes
    }
}
