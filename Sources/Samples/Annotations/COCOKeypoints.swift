import Base
import FaceTracking
import Foundation

/// The parts of a COCO keypoint file that are read: `keypoints` is x, y, v for each point, v 0 where it is not labelled, 1 where it is
/// hidden, 2 where it is seen.
private struct COCOFile: Decodable {
    struct Image: Decodable {
        let id: Int
        let path: String
        let width: Int?
        let height: Int?

        enum CodingKeys: String, CodingKey {
            case id, width, height
            case path = "file_name"
        }
    }

    struct Annotation: Decodable {
        let id: Int?
        let image: Int
        let keypoints: [Double]?
        let isCrowd: Int?

        enum CodingKeys: String, CodingKey {
            case id, keypoints
            case image = "image_id"
            case isCrowd = "iscrowd"
        }
    }

    let images: [Image]
    let annotations: [Annotation]
}

/// The faces of a COCO file whose points are all labelled; annotations without a labelled point are not faces.
///
/// Coordinates are taken as they are: pixels counted from 0.
///
/// - Parameter list: its path inside the folder that `pictures` indexes.
func readCOCOKeypoints(
    _ text: TextFile, _ list: String, _ pictures: inout PictureIndex, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations {
    let file = try decodeCOCO(text)
    let images = try imagesByID(file.images, text.name)
    var found = Annotations()
    for (index, annotation) in file.annotations.enumerated() where annotation.isCrowd ?? 0 == 0 {
        let source = "\(text.name): annotations[\(index)]"
        guard let image = images[annotation.image] else {
            throw fault(source, "image_id \(annotation.image) is not among the images")
        }
        guard let labelled = try labelledPoints(annotation.keypoints ?? [], source) else { continue }
        let count = (annotation.keypoints?.count ?? 0) / 3
        guard labelled.count == count else {
            let text = "\(source): \(labelled.count) of \(count) points are labelled: left out"
            found.warnings.append(DataWarning(.incompleteFace, text))
            continue
        }
        guard count == scheme.count, scheme.name != "fgnet68" else {
            found.countOther("\(count)")
            continue
        }
        let origin = FaceOrigin(picture: image.path, list: list, collection: list.fileStem)
        found.faces.append(
            AnnotatedFace(
                file: try listedPicture(image.path, in: list, &pictures, source: source), set: origin.set,
                split: origin.split, group: origin.group, points: labelled, scheme: scheme,
                size: try size(of: image, text.name), source: source))
    }
    return found
}

/// The points that are labelled; nil where none is.
private func labelledPoints(_ keypoints: [Double], _ source: String) throws(LandmarkdError) -> [Point]? {
    guard keypoints.count.isMultiple(of: 3) else {
        throw fault(source, "\(keypoints.count) numbers in keypoints, where each point has x, y and v")
    }
    var points: [Point] = []
    for index in stride(from: 0, to: keypoints.count, by: 3) {
        let (x, y, visibility) = (keypoints[index], keypoints[index + 1], keypoints[index + 2])
        guard [0, 1, 2].contains(visibility) else {
            throw fault(source, "point \(index / 3) has visibility \(visibility), which is neither 0, 1 nor 2")
        }
        guard visibility > 0 else { continue }
        guard isCoordinate(x), isCoordinate(y) else {
            throw fault(source, "point \(index / 3) at (\(x), \(y)), which is not a coordinate")
        }
        points.append(Point(x, y))
    }
    return points.isEmpty ? nil : points
}

private func imagesByID(_ images: [COCOFile.Image], _ file: String) throws(LandmarkdError) -> [Int: COCOFile.Image] {
    var byID: [Int: COCOFile.Image] = [:]
    for image in images {
        guard byID.updateValue(image, forKey: image.id) == nil else {
            throw fault(file, "two images have id \(image.id)")
        }
    }
    return byID
}

private func size(of image: COCOFile.Image, _ file: String) throws(LandmarkdError) -> PixelSize? {
    guard let width = image.width, let height = image.height else { return nil }
    guard let size = PixelSize("\(width)", "\(height)") else {
        throw fault(file, "image \(image.id): \(width)×\(height) pixels")
    }
    return size
}

private func decodeCOCO(_ text: TextFile) throws(LandmarkdError) -> COCOFile {
    do {
        return try JSONDecoder().decode(COCOFile.self, from: Data(text.contents))
    } catch {
        throw jsonFault(text) ?? fault(text.name, words(error))
    }
}

/// The error and its place, in one line.
private func words(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
        path.reduce("") { text, key in
            key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
        }
    }
    func message(_ context: DecodingError.Context, _ what: String) -> String {
        let location = place(context.codingPath)
        return location.isEmpty ? what : "\(location): \(what)"
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return message(context, "no “\(key.stringValue)”")
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
        return message(
            context,
            "not \(type == Int.self ? "a whole number" : type == Double.self ? "a number" : "what belongs there")")
    case .dataCorrupted(let context): return message(context, context.debugDescription)
    default: return "cannot be read"
    }
}

private func fault(_ place: String, _ what: String) -> LandmarkdError {
    LandmarkdError(
        .unusableData, "\(place): \(what)",
        remedy: "correct the file; it has images, annotations and keypoints as COCO's have")
}

/// Why and where a text is not JSON, which the decoder does not report; nil where it is JSON.
func jsonFault(_ text: TextFile) -> LandmarkdError? {
    do {
        _ = try JSONSerialization.jsonObject(with: Data(text.contents), options: .fragmentsAllowed)
        return nil
    } catch {
        let description = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "\(error)"
        let why = description.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        // A text that ends too early has no position; use its last line.
        let line = description.firstMatch(of: /line (\d+)/).flatMap { Int($0.output.1) } ?? text.lastLine
        return LandmarkdError(
            .unusableData, "\(text.name):\(line): not JSON: \(why)",
            remedy: "the file is cut off or damaged: correct it or write it again")
    }
}
