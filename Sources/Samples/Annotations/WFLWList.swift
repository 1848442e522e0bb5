import Base
import FaceTracking

/// A line of a WFLW list: 98 points `x y`, the face's box and six attributes (which the lists of test subsets leave out), and the
/// picture's path.
///
/// Coordinates are taken as they are: pixels counted from 0.
struct WFLWFace {
    /// What makes a face hard, in the order of the list.
    enum Attribute: Int, CaseIterable {
        case pose, expression, illumination, makeUp, occlusion, blur
    }

    static let points = 98
    private static let numbers = 2 * points
    private static let boxAndAttributes = 4 + Attribute.allCases.count

    let points: [Point]
    let box: Box?
    let attributes: Set<Attribute>
    let picture: String

    /// Throws `unusableData` with file and line where the line does not belong to a WFLW list.
    init(_ line: ArraySlice<UInt8>, number: Int, of text: TextFile) throws(LandmarkdError) {
        func fault(_ what: String) -> LandmarkdError {
            LandmarkdError(
                .unusableData, "\(text.name):\(number): \(what)",
                remedy: "a line has 98 points, a box and 6 attributes (or neither), and the picture's path")
        }
        let fields = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
        guard fields.count > Self.numbers else {
            throw fault("\(fields.count) fields where \(Self.numbers + Self.boxAndAttributes + 1) belong")
        }
        points = try (0..<Self.points).map { (index) throws(LandmarkdError) -> Point in
            let x = try text.coordinate(fields[2 * index], line: number)
            return Point(x, try text.coordinate(fields[2 * index + 1], line: number))
        }
        let isFull = Double(String(decoding: fields[Self.numbers], as: UTF8.self)) != nil
        let start = Self.numbers + (isFull ? Self.boxAndAttributes : 0)
        guard fields.count > start else {
            throw fault("\(fields.count) fields where \(start + 1) belong")
        }
        var attributes: Set<Attribute> = []
        if isFull {
            let corners = try (0..<4).map { (index) throws(LandmarkdError) -> Double in
                try text.coordinate(fields[Self.numbers + index], line: number)
            }
            let (low, high) = (Point(corners[0], corners[1]), Point(corners[2], corners[3]))
            guard all(low .< high) else { throw fault("the box ends before it begins") }
            box = Box(low: low, high: high)
            for attribute in Attribute.allCases {
                let word = String(decoding: fields[Self.numbers + 4 + attribute.rawValue], as: UTF8.self)
                guard word == "0" || word == "1" else { throw fault("attribute “\(word)” is neither 0 nor 1") }
                if word == "1" { attributes.insert(attribute) }
            }
        } else {
            box = nil
        }
        self.attributes = attributes
        picture = fields[start...].map { String(pathBytes: $0) }.joined(separator: " ")
    }
}

/// The faces of a WFLW list (`list_98pt_rect_attr_train.txt` and the like). A list with test in its name is for evaluation.
///
/// - Parameter list: its path inside the folder that `pictures` indexes.
func readWFLWList(
    _ text: TextFile, _ list: String, _ pictures: inout PictureIndex, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations {
    var found = Annotations()
    for line in text.lines() {
        let face = try WFLWFace(line.text, number: line.number, of: text)
        guard scheme == .wflw98 else {
            found.countOther("\(WFLWFace.points)")
            continue
        }
        let source = "\(text.name):\(line.number)"
        found.faces.append(
            AnnotatedFace(
                file: try listedPicture(face.picture, in: list, &pictures, source: source), set: "wflw",
                split: isTestList(list) ? .test : .train, group: "wflw_\(face.picture.fileStem)",
                points: face.points, scheme: scheme, source: source))
    }
    guard !found.faces.isEmpty || found.otherSchemes > 0 else {
        throw LandmarkdError(.unusableData, "\(text.name): the list is empty", remedy: "fetch it again")
    }
    return found
}
