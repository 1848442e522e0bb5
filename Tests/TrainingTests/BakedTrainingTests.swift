import Base
import FaceTracking
import SampleSupport
import TestSupport
import Testing

@testable import Samples

@Suite struct BakedTrainingTests {
    private func baked(side: Int) throws -> TemporaryFolder {
        let painted = try PaintedFaces(count: 2)
        let folder = try TemporaryFolder()
        let source = TrainingSampler(painted.faces, recipe: .tracking, side: side, seed: 1)
        try SampleBaker(folder: folder.path).bake(source, scheme: .ibug68, count: 3)
        return folder
    }

    private func data(_ folders: [String]) throws(LandmarkdError) -> TrainingData {
        try TrainingData(folders: folders, scheme: .ibug68, sets: [], validation: 0.1)
    }

    @Test func aFolderOfBakedSamplesIsTrainedOn() throws {
        let folder = try baked(side: 64)
        let data = try data([folder.path])
        #expect(data.train == nil && data.validation == nil && (1...2).contains(data.trainCount))
        var configuration = CascadeConfiguration()
        configuration.crop = 64
        #expect(try data.source(.tracking, configuration, seed: 1) is BakedSamples)
    }

    @Test func samplesForAnotherNetworkAreUnusable() throws {
        let folder = try baked(side: 64)
        let data = try data([folder.path])
        let error = #expect(throws: LandmarkdError.self) {
            try data.source(.tracking, CascadeConfiguration(), seed: 1)
        }
        #expect(error?.exitCode == .unusableData && error?.cause.contains("64×64×3") ?? false)
    }

    @Test func twoFoldersOfBakedSamplesAreOneTooMany() throws {
        let folder = try baked(side: 32)
        let error = #expect(throws: LandmarkdError.self) { try data([folder.path, folder.path]) }
        #expect(error?.exitCode == .usage)
    }
}
