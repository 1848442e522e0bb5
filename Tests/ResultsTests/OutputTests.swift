import Glibc
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results

@Suite struct OutputTests {
    let face = TrackedFace(
        id: 3, confidence: 0.98765, box: Box(low: Point(1, 2.5), high: Point(31, 42.5625)),
        points: [SIMD2(10.12345, -0.0001), SIMD2(639.9996, 479.5)], pointConfidence: [1, 0.25])

    @Test func csvHasTheColumnsOfOpenFace() throws {
        let header = CSVRows(pointCount: 68).header.split(separator: ",")
        #expect(header.count == 5 + 2 * 68)
        #expect(header[..<6] == ["frame", "face_id", "timestamp", "confidence", "success", "x_0"])
        #expect(header[72...73] == ["x_67", "y_0"] && header.last == "y_67\n")
    }

    @Test func namedPointsNameTheirColumns() {
        var scheme = LandmarkScheme(name: "points2", count: 2)
        #expect(CSVRows(scheme).header == CSVRows(pointCount: 2).header)
        scheme.pointNames = ["chin", "left-eye"]
        #expect(CSVRows(scheme).header.hasSuffix(",success,x_chin,x_left-eye,y_chin,y_left-eye\n"))
    }

    @Test func csvRowsHaveTheContractsDigits() throws {
        let folder = try TemporaryFolder()
        let writer = try TableWriter(csv: folder.path("a.csv"), pointCount: 2)
        var second = face
        second.id = 4
        try writer.write(FrameResult(frame: 1, time: 0, faces: [face, second]), of: nil)
        try writer.write(FrameResult(frame: 2, time: 1.0 / 3, faces: []), of: nil)
        #expect(folder.names == ["a.csv.partial"])
        try writer.finish()
        #expect(folder.names == ["a.csv"])
        let coordinates = "10.123,640.000,0.000,479.500"
        #expect(
            try text(folder.path("a.csv")) == """
                frame,face_id,timestamp,confidence,success,x_0,x_1,y_0,y_1
                1,3,0.000000,0.988,1,\(coordinates)
                1,4,0.000000,0.988,1,\(coordinates)
                2,0,0.333333,0.000,0,0.000,0.000,0.000,0.000

                """)
    }

    @Test func jsonLinesHaveTheContractsKeys() throws {
        let folder = try TemporaryFolder()
        let writer = try TableWriter(jsonl: folder.path("a.jsonl"), stream: "a \"b\".mp4")
        try writer.write(FrameResult(frame: 1, time: 0.04, faces: [face]), of: nil)
        try writer.write(FrameResult(frame: 2, time: 0.08, faces: []), of: nil)
        try writer.finish()
        #expect(
            try text(folder.path("a.jsonl")) == """
                {"stream":"a \\"b\\".mp4","frame":1,"time":0.040000,"faces":[{"id":3,"confidence":0.988,\
                "box":[1.000,2.500,30.000,40.062],"points":[[10.123,0.000],[640.000,479.500]],\
                "point_confidence":[1.000,0.250]}]}
                {"stream":"a \\"b\\".mp4","frame":2,"time":0.080000,"faces":[]}

                """)
    }

    @Test func confidenceThatCannotBeToldIsLeftOpen() throws {
        let folder = try TemporaryFolder()
        var face = face
        (face.confidence, face.pointConfidence) = (nil, [])
        let table = try TableWriter(csv: folder.path("a.csv"), pointCount: 2)
        let lines = try TableWriter(jsonl: folder.path("a.jsonl"), stream: "a")
        for writer in [table, lines] {
            try writer.write(FrameResult(frame: 1, time: 0, faces: [face]), of: nil)
            try writer.finish()
        }
        #expect(try text(folder.path("a.csv")).contains("\n1,3,0.000000,,1,10.123,"))
        let object = try text(folder.path("a.jsonl"))
        #expect(object.contains("\"confidence\":null,\"box\"") && object.contains("\"point_confidence\":[]}"))
    }

    @Test func numbersAreWrittenAsPrintfDoes() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<3000 {
            let value = generator.uniform(-1, 1) * pow(10, generator.uniform(-4, 6))
            var buffer = TextBuffer()
            buffer.append(value, decimals: 3)
            let plain = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
                withVaList([value]) { _ = vsnprintf(text.baseAddress!, 64, "%.3f", $0) }
                return String(cString: text.baseAddress!)
            }
            #expect(String(decoding: buffer.bytes, as: UTF8.self) == (plain == "-0.000" ? "0.000" : plain))
        }
        var buffer = TextBuffer()
        for number in [0, 7, -12, 1_000_000] { buffer.append(number) }
        #expect(String(decoding: buffer.bytes, as: UTF8.self) == "07-121000000")
    }

    @Test func anInterruptedTableStaysPartialWithItsRows() throws {
        let folder = try TemporaryFolder()
        let writer = try TableWriter(csv: folder.path("a.csv"), pointCount: 2)
        for frame in 1...5 { try writer.write(FrameResult(frame: frame, time: 0, faces: [face]), of: nil) }
        try writer.interrupt()
        #expect(folder.names == ["a.csv.partial"])
        #expect(try text(folder.path("a.csv.partial")).split(separator: "\n").count == 6)
    }

    @Test func aFolderThatIsMissingIsSaid() throws {
        let folder = try TemporaryFolder()
        let fault = #expect(throws: LandmarkdError.self) {
            _ = try TableWriter(csv: folder.path("none/a.csv"), pointCount: 2)
        }
        #expect(fault?.exitCode == .cannotCreate)
    }

    @Test(.enabled(if: lacksSmallDisk == nil, "needs root and the right to mount")) func aFullDiskIsSaid() throws {
        try withSmallDisk { disk in
            let writer = try TableWriter(csv: "\(disk)/a.csv", pointCount: 2)
            let fault = #expect(throws: LandmarkdError.self) {
                for second in 1...3000 {
                    try writer.write(FrameResult(frame: second, time: Double(second), faces: [face]), of: nil)
                }
            }
            #expect(fault?.exitCode == .inputOutput)
            #expect(fault?.cause.contains("No space left on device; whole rows so far are in") == true)
        }
    }

    @Test func rowsOfADeviceOrPipeAreWrittenInPlace() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path("p"), 0o600) == 0)
        let reader = open(folder.path("p"), O_RDWR | O_CLOEXEC)
        defer { close(reader) }
        let writer = try TableWriter(csv: folder.path("p"), pointCount: 2)
        #expect(writer.partialPath == nil)
        try writer.write(FrameResult(frame: 1, time: 0, faces: [face]), of: nil)
        try writer.finish()
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(reader, &bytes, bytes.count)
        #expect(bytes.prefix(max(0, count)).split(separator: UInt8(ascii: "\n")).count == 2)
        #expect(kind(folder.path("p")) == S_IFIFO && folder.names == ["p"])
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try readFile(path, atMost: 1 << 20), as: UTF8.self)
    }
}
