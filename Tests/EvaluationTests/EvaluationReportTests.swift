import Foundation
import Testing

@testable import Evaluation

@Suite struct EvaluationReportTests {
    /// Three faces, two passes: every point of face f is wrong by 2, 4 and 12 %, after the second pass by half of that.
    let report: EvaluationReport = {
        let errors = [0.02, 0.04, 0.12].enumerated().map { face, error in
            let passes = [error, error / 2].map { [Double](repeating: $0, count: 68) }
            return FaceErrors(face: face, errors: passes, presence: 1, points: [])
        }
        var report = EvaluationReport(
            model: "a \"b\".safetensors", set: "lfpw", split: "test", start: .otherShape, errors, scheme: .ibug68)
        report.reliability = Reliability([], .none)
        return report
    }()

    @Test func jsonHasTheContractsKeys() throws {
        let object = try JSONSerialization.jsonObject(with: Data(report.json.text.utf8)) as? [String: Any]
        let json = try #require(object)
        #expect(Set(json.keys) == ["model", "set", "split", "images", "box", "passes", "ece"])
        #expect(json["model"] as? String == "a \"b\".safetensors" && json["box"] as? String == "other_shape")
        #expect(json["images"] as? Int == 3)
        let passes = try #require(json["passes"] as? [[String: Any]])
        #expect(passes.map { $0["pass"] as? Int } == [1, 2])
        #expect(passes[0]["nme_percent"] as? Double == 6 && passes[1]["nme_percent"] as? Double == 3)
        #expect(passes[0]["median_percent"] as? Double == 4)
        #expect(passes[0]["failure_0_08_percent"] as? Double == 33.3333)
        #expect(passes[0]["auc_0_08"] as? Double == 0.4167)
        let regions = try #require(passes[0]["regions"] as? [String: Double])
        #expect(regions == ["jaw": 6, "brows": 6, "nose": 6, "eyes": 6, "mouth": 6])
    }

    @Test func theTableNamesItsUnits() {
        #expect(
            report.text == """
                lfpw test, 3 faces, start: another face's shape as prior; errors in % of the outer-eye distance
                pass  mean %  median %  AUC 0.08  over 8 %  jaw %  brows %  nose %  eyes %  mouth %
                   1    6.00      4.00     0.417   33.33 %   6.00     6.00    6.00    6.00     6.00
                   2    3.00      2.00     0.625    0.00 %   3.00     3.00    3.00    3.00     3.00
                """)
    }

    @Test func aModelWithoutConfidenceHasNoCalibrationError() {
        let report = EvaluationReport(
            model: "m", set: "s", split: "test", start: .truth, [], scheme: .ibug68)
        #expect(!report.json.text.contains("ece") && report.calibrationText == "confidence: the model reports none")
    }

    @Test func withoutPicturesToTryNothingIsSaidOfFalseFaces() {
        func report(_ negatives: Int) -> LocatorReport {
            let tracked = LocatorReport.Tracked(right: 90, pasted: [], falseFaces: 0)
            return LocatorReport(
                model: "m", set: "s", split: "test", images: 5, missed: 1, missedInScenes: 2, falseFaces: 0,
                negatives: negatives, tracked: tracked)
        }
        #expect(report(0).text.contains("no picture without a face to try") && !report(0).text.contains("false faces"))
        #expect(
            !report(0).json.text.contains("false_faces")
                && report(3).json.text.contains("\"false_faces_percent\":0.0000"))
    }

    @Test func benchTellsOfFacesThatWereNotFollowed() {
        var bench = BenchReport()
        bench.faces = [.init(count: 4, milliseconds: 3, followed: 1)]
        #expect(bench.text == "tracking a frame of 1280×720, faces: 4 (only 1 followed)  3.000 ms")
        #expect(bench.json.text == "{\"faces\":[{\"count\":4,\"ms\":3.000,\"followed\":1}]}")
    }

    @Test func benchPrintsBareNumbersUnderTheirKeys() throws {
        var bench = BenchReport()
        bench.add("parameters", 586729, 0, "", "parameters of the model")
        bench.add("track_ms_per_frame", 2.25, 3, "ms", "tracking")
        #expect(bench.json.text == "{\"parameters\":586729,\"track_ms_per_frame\":2.250}")
        #expect(bench.text == "parameters of the model  586729\ntracking                 2.250 ms")
    }
}
