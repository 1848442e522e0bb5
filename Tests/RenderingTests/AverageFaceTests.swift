import Base
import Foundation
import Rendering
import TestSupport
import Testing

@Suite struct AverageFaceTests {
    @Test func shippedModelIsSmall() throws {
        let size = try FileManager.default.attributesOfItem(atPath: modelPath)[.size] as! Int
        #expect(size <= 400_000)
    }

    @Test func shippedModelIsSymmetricAndLooksAhead() throws {
        let face = try averageFace.get()
        for (left, right) in [(0, 16), (36, 45), (48, 54), (31, 35)] {
            #expect(abs(face.points[left].x + face.points[right].x) < 0.01)
            #expect(abs(face.points[left].y - face.points[right].y) < 0.01)
        }
        #expect(face.points[30].z > face.points[27].z, "the nose's tip stands out")
        #expect(face.points[0].z < face.points[36].z, "the jaw's end lies behind the eyes")
    }

    @Test func aModelSurvivesWritingAndReading() throws {
        let face = try averageFace.get()
        let folder = try TemporaryFolder()
        let path = folder.path("face.safetensors")
        try face.file(metadata: ["faces": "2"]).write(to: path, as: .float16)
        let again = try AverageFace(path: path)
        #expect(again.points == face.points)
        #expect(again.triangles == face.triangles)
        #expect(again.lumaModes == face.lumaModes)
    }

    @Test func missingModelIsNoInput() throws {
        let error = #expect(throws: LandmarkdError.self) { try AverageFace(path: "/nowhere/face.safetensors") }
        #expect(error?.exitCode == .noInput)
    }

    /// Each breaks one thing that drawing relies on.
    @Test(arguments: [
        "format", "missing", "few vertices", "vertex out of range", "half a vertex", "odd texture", "chroma", "huge",
    ])
    func brokenModelIsUnusable(what: String) throws {
        var file = try averageFace.get().file(metadata: [:])
        func index(_ name: String) throws -> Int { try #require(file.tensors.firstIndex { $0.name == name }) }
        switch what {
        case "format": file.metadata["format"] = "landmarkd/1"
        case "missing": file.tensors.remove(at: try index("shape.template"))
        case "few vertices": file.tensors[try index("shape.points")] = ("shape.points", [2, 3], [0, 0, 0, 0, 0, 0])
        case "vertex out of range": file.tensors[try index("mesh.triangles")].values[4] = 98
        case "half a vertex": file.tensors[try index("mesh.triangles")].values[4] = 1.5
        case "odd texture":
            let luma = try index("texture.luma")
            file.tensors[luma].shape.reverse()
            file.tensors[luma] = ("texture.luma", [3, 5], [Float](repeating: 1, count: 15))
        case "chroma": file.tensors[try index("texture.chroma")].shape.swapAt(1, 2)
        default: file.tensors[try index("shape.points")].values[0] = 60000
        }
        let error = #expect(throws: LandmarkdError.self) { try AverageFace(file: file, name: "face") }
        #expect(error?.exitCode == .unusableData)
        #expect(error?.cause.hasPrefix("face: average face: ") == true)
    }

    @Test func cutOffModelIsUnusable() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: modelPath))
        let folder = try TemporaryFolder()
        let path = folder.path("cut.safetensors")
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: LandmarkdError.self) { try AverageFace(path: path) }
        #expect(error?.exitCode == .unusableData)
    }
}
