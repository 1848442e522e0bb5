import Base
import FaceTracking
import Testing

@testable import Samples

@Suite struct WFLWListTests {
    private let data: DataFolder
    private let list = "WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_train.txt"

    init() throws {
        data = try DataFolder()
        try data.picture("WFLW_images/0--Parade/0_Parade_7.jpg")
    }

    private func line(_ change: (inout [String]) -> Void = { _ in }) -> String {
        var fields = (0..<98).flatMap { ["\($0 % 38).5", "\($0 % 29)"] }
        fields += ["1", "2", "39", "28", "1", "0", "0", "0", "1", "0", "0--Parade/0_Parade_7.jpg"]
        change(&fields)
        return fields.joined(separator: " ") + "\n"
    }

    private func read(_ scheme: LandmarkScheme = .wflw98) throws -> Annotations {
        try readAnnotations(folder: data.path, scheme: scheme)
    }

    @Test func aLineIsAFace() throws {
        try data.put(list, line())
        let face = try #require(try read().faces.first)
        #expect(face.file == data.path("WFLW_images/0--Parade/0_Parade_7.jpg") && face.set == "wflw")
        #expect(face.points[40] == Point(2.5, 11) && face.split == .train && face.group == "wflw_0_Parade_7")
        #expect(try read(.ibug68).others == ["wflw98": 1])
    }

    @Test func boxAndAttributesAreRead() throws {
        let text = TextFile(name: "list.txt", bytes: Array(line().utf8))
        let face = try WFLWFace(text.lines()[0].text, number: 1, of: text)
        #expect(face.box == Box(low: Point(1, 2), high: Point(39, 28)))
        #expect(face.attributes == [.pose, .occlusion])
    }

    @Test func aFaceOfATestSubsetIsTakenOnceAndForJudging() throws {
        try data.put(list, line())
        try data.put("WFLW_annotations/list_98pt_test/list_98pt_test_blur.txt", line { $0.removeSubrange(196..<206) })
        let found = try read()
        #expect(found.faces.map(\.split) == [.test])
        #expect(found.warnings.map(\.kind) == [.repeatedFaces])
    }

    @Test func faultyLinesAreNamed() throws {
        func cause(_ change: (inout [String]) -> Void) throws -> String? {
            try data.put(list, line() + line(change))
            let error = fault { _ = try read() }
            #expect(error?.remedy != nil)
            return error?.cause.replacing(data.path(list), with: "list")
        }
        #expect(try cause { $0.removeSubrange(10...) } == "list:2: 10 fields where 207 belong")
        #expect(try cause { $0[3] = "0x10" } == "list:2: “0x10” is not a number")
        #expect(try cause { $0[3] = "1e300" } == "list:2: 1e+300 is not a coordinate")
        #expect(try cause { $0[203] = "2" } == "list:2: attribute “2” is neither 0 nor 1")
        #expect(try cause { $0[198] = "0" } == "list:2: the box ends before it begins")
        #expect(try cause { $0[206] = "gone.jpg" } == "list:2: no picture “gone.jpg”")
    }
}

@Suite struct DlibDatasetTests {
    private let data: DataFolder

    init() throws {
        data = try DataFolder()
        try data.picture("pictures/a.jpg")
    }

    private func part(_ name: String, _ x: Int, _ y: Int) -> String { "<part name='\(name)' x='\(x)' y='\(y)'/>" }

    private func dataset(_ boxes: String..., image: String = "file='pictures/a.jpg'") -> String {
        "<?xml version='1.0' encoding='ISO-8859-1'?>\n<dataset><name>x</name><images>\n<image \(image)>\n"
            + boxes.map { "<box top='1' left='2' width='20' height='20'>\($0)</box>\n" }.joined()
            + "</image></images></dataset>"
    }

    private func read(_ scheme: String) throws -> Annotations {
        try readAnnotations(folder: data.path, scheme: try #require(LandmarkScheme.named(scheme)))
    }

    /// imglab writes parts in the order of their names as text: 0, 1, 10, 11, 2, …
    @Test func partsAreInTheOrderOfTheirNumbers() throws {
        let names = (0..<12).map { "\($0)" }.sorted()
        try data.put("labels.xml", dataset(names.map { part($0, Int($0) ?? 0, 5) }.joined()))
        let face = try #require(try read("12").faces.first)
        #expect(face.points.map(\.x) == (0..<12).map(Double.init) && face.file == data.path("pictures/a.jpg"))
        #expect(face.set == "pictures" && face.source.hasSuffix("labels.xml:4"))
    }

    @Test func namesAreInNaturalOrder() {
        let names = ["mouth10", "09", "mouth9", "100", "eye", "10", "mouth", "0"]
        #expect(names.sorted(by: isInNaturalOrder) == ["0", "09", "10", "100", "eye", "mouth", "mouth9", "mouth10"])
    }

    @Test func incompleteFacesAreLeftOutWithAWarning() throws {
        try data.put("labels.xml", dataset(part("a", 1, 1) + part("b", 9, 9), part("a", 3, 3), ""))
        let found = try read("2")
        #expect(found.faces.count == 1 && found.warnings.map(\.kind) == [.incompleteFace])
        #expect(found.warnings[0].text.hasSuffix("labels.xml:5: 1 of 2 parts: left out"))
        #expect(try read("3").others == ["points2": 1])
    }

    @Test func listsOfAllAndOfTestFacesDoNotMix() throws {
        let text = dataset(part("a", 1, 1) + part("b", 9, 9))
        for name in ["labels.xml", "labels_test.xml"] { try data.put(name, text) }
        #expect(try read("2").faces.map(\.split) == [.test])
    }

    @Test func theFileItselfCanBeGiven() throws {
        try data.put("labels.xml", dataset(part("a", 1, 1)))
        #expect(try readAnnotations(folder: data.path("labels.xml"), scheme: .named("1")!).faces.count == 1)
        try data.put("notes.md", "x")
        #expect(
            fault { _ = try readAnnotations(folder: data.path("notes.md"), scheme: .ibug68) }?.exitCode == .unusableData
        )
    }

    @Test func faultyFilesAreNamedByLine() throws {
        func cause(_ text: String) throws -> String? {
            try data.put("labels.xml", text)
            let error = fault { _ = try read("1") }
            #expect(error?.remedy != nil && error?.cause.contains("\n") == false)
            return error?.cause.replacing(data.path("labels.xml"), with: "labels")
        }
        let sound = dataset(part("a", 1, 1))
        #expect(try cause(String(sound.dropLast(30)))?.hasPrefix("labels:4: not XML: ") == true)
        #expect(try cause(dataset("<part name='a' x='1'/>")) == "labels:4: part “a”: y is “”, not a coordinate")
        #expect(try cause(dataset("<part x='1' y='1'/>")) == "labels:4: <part> without a name")
        #expect(try cause(dataset(part("a", 1, 1) + part("a", 2, 2))) == "labels:4: part “a” appears twice")
        #expect(
            try cause(dataset("<part name='a' x='1' y='9e99'/>")) == "labels:4: part “a”: y is “9e99”, not a coordinate"
        )
        #expect(try cause(dataset(part("a", 1, 1), image: "")) == "labels:3: <image> without a file")
        #expect(try cause(dataset(part("a", 1, 1), image: "file='gone.jpg'")) == "labels:4: no picture “gone.jpg”")
        #expect(
            try cause(dataset(part("a", 1, 1), image: "file='pictures/a.jpg' width='0' height='9'"))
                == "labels:3: picture of “0” × “9” pixels")
        #expect(try cause("<html><dataset/></html>") == "labels:1: <html> where dlib's <dataset> belongs")
        #expect(try cause("<dataset></dataset>") == "labels: no box in it has parts")
    }

    /// Entities that would grow to gigabytes are refused by libxml2's own bounds.
    @Test func entitiesDoNotExplode() throws {
        let levels = (1...9).map { "<!ENTITY e\($0) \"\(String(repeating: "&e\($0 - 1);", count: 10))\">" }.joined()
        let bomb =
            "<!DOCTYPE dataset [<!ENTITY e0 \"0123456789\">\(levels)]>"
            + "<dataset><image file='&e9;'><box><part name='a' x='1' y='1'/></box></image></dataset>"
        try data.put("labels.xml", bomb)
        #expect(fault { _ = try read("1") }?.exitCode == .unusableData)
    }
}

@Suite struct COCOKeypointsTests {
    private let data: DataFolder

    init() throws {
        data = try DataFolder()
        try data.picture("val2017/000001.jpg")
    }

    private func read(_ scheme: String = "2") throws -> Annotations {
        try readAnnotations(folder: data.path, scheme: try #require(LandmarkScheme.named(scheme)))
    }

    private func file(_ annotations: String, images: String? = nil) -> String {
        let image = #"{"id": 7, "file_name": "000001.jpg", "width": 40, "height": 30, "license": 3}"#
        return #"{"info": {}, "images": [\#(images ?? image)], "annotations": [\#(annotations)], "categories": []}"#
    }

    private func face(_ keypoints: String) -> String {
        #"{"id": 1, "image_id": 7, "category_id": 1, "iscrowd": 0, "keypoints": [\#(keypoints)]}"#
    }

    @Test func labelledFacesAreRead() throws {
        let name = "annotations/face_keypoints_val2017.json"
        try data.put(
            name, file([face("1,2,2, 20.5,9,1"), face("1,2,2, 0,0,0"), face("0,0,0, 0,0,0")].joined(separator: ",")))
        let found = try read()
        #expect(found.faces.map(\.points) == [[Point(1, 2), Point(20.5, 9)]])
        #expect(found.faces[0].file == data.path("val2017/000001.jpg") && found.faces[0].split == .test)
        #expect(found.faces[0].size == PixelSize(width: 40, height: 30))
        #expect(
            found.warnings.map(\.text) == ["\(data.path(name)): annotations[1]: 1 of 2 points are labelled: left out"])
        #expect(try read("5").others == ["points2": 1])
    }

    @Test func faultyFilesAreNamed() throws {
        func cause(_ text: String) throws -> String? {
            try data.put("a.json", text)
            let error = fault { _ = try read() }
            #expect(error?.remedy != nil && error?.cause.contains("\n") == false)
            return error?.cause.replacing(data.path("a.json"), with: "a.json")
        }
        let sound = file(face("1,2,2, 3,4,2"))
        #expect(try cause(String(sound.dropLast(20)))?.hasPrefix("a.json:1: not JSON: ") == true)
        #expect(
            try cause(file(face("1,2,2, 3,4")))
                == "a.json: annotations[0]: 5 numbers in keypoints, where each point has x, y and v")
        #expect(
            try cause(file(face("1,2,2, 3,4,7")))
                == "a.json: annotations[0]: point 1 has visibility 7.0, which is neither 0, 1 nor 2")
        #expect(
            try cause(file(face("1,2,2, 3,1e9,2")))
                == "a.json: annotations[0]: point 1 at (3.0, 1000000000.0), which is not a coordinate")
        #expect(try cause(file(face("1,2,2, \"3\",4,2"))) == "a.json: annotations[0].keypoints[3]: not a number")
        #expect(
            try cause(file(face("1,2,2, 3,4,2"), images: ""))
                == "a.json: annotations[0]: image_id 7 is not among the images")
        #expect(
            try cause(
                file(face("1,2,2, 3,4,2"), images: #"{"id": 7, "file_name": "000001.jpg", "width": 0, "height": 4}"#))
                == "a.json: image 7: 0×4 pixels")
        #expect(
            try cause(file(face("1,2,2, 3,4,2"), images: #"{"id": 7, "file_name": "gone.jpg"}"#))
                == "a.json: annotations[0]: no picture “gone.jpg”")
        #expect(try cause(#"{"keypoints": 3}"#) == "a.json: no “images”")
    }
}

/// Lists that are broken so early that nothing in them tells what they were.
@Suite struct BrokenListTests {
    private let data: DataFolder

    init() throws { data = try DataFolder() }

    private func read() throws -> Annotations {
        try readAnnotations(folder: data.path, scheme: try #require(LandmarkScheme.named("1")))
    }

    @Test(arguments: [
        ("a.json", "{\"images\": [\n  {\"id\": 7,,\n", "a.json:2: not JSON: "),
        ("a.json", "{\"images\": [\n\n{\"id\": 7", "a.json:3: not JSON: "), ("a.json", "", "a.json:1: not JSON: "),
        ("a.json", "\u{0}\u{1}\u{2}", "a.json:1: not JSON: "),
        ("b/a.json", "<html>busy</html>\n", "b/a.json:1: not JSON: "),
        ("a.xml", "<?xml version='1.0'?>\n\n<dat", "a.xml:3: not XML: "), ("a.xml", "", "a.xml:1: not XML: "),
        ("a.xml", "{\"a\": 1}", "a.xml:1: not XML: "),
    ]) func whatIsBrokenAndWhereIsSaid(name: String, text: String, start: String) throws {
        try data.put("README.txt", "Faces of 2026.\n")
        try data.put(name, text)
        let error = try #require(fault { _ = try read() })
        #expect(error.exitCode == .unusableData && error.remedy != nil)
        #expect(error.cause.hasPrefix("\(data.path)/\(start)") && !error.cause.contains("\n"), "\(error)")
    }

    @Test func otherFilesOfTheseKindsAreNoAnnotations() throws {
        try data.put("a.json", "{\"version\": 1}")
        try data.put("b.xml", "<project/>")
        #expect(fault { _ = try read() }?.cause == "\(data.path): no annotations in this folder")
    }

    @Test func besideAListThatIsSoundABrokenOneIsDoubtful() throws {
        try data.picture("a.jpg")
        try data.put(
            "train.json",
            #"{"images": [{"id": 7, "file_name": "a.jpg"}], "annotations": [{"image_id": 7, "keypoints": [1, 2, 2]}]}"#)
        try data.put("test.json", "{\"images\":")
        try data.put("other.json", "[1, 2]")
        let found = try read()
        #expect(found.faces.count == 1 && found.warnings.count == 1)
        #expect(found.warnings.first?.text.hasPrefix("\(data.path)/test.json:1: not JSON: ") == true)
        #expect(found.warnings.first?.text.hasSuffix(": left out") == true, "\(found.warnings)")
    }
}
