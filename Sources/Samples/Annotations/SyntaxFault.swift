import Base
import Foundation

/// Why and where a text is no JSON, which the decoder does not tell; nil where it is JSON.
func jsonFault(_ text: TextFile) -> LandmarkdError? {
    do {
        _ = try JSONSerialization.jsonObject(with: Data(text.contents), options: .fragmentsAllowed)
        return nil
    } catch {
        let told = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "\(error)"
        let why = told.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        // A text that ends too early has no place but its end.
        let line = told.firstMatch(of: /line (\d+)/).flatMap { Int($0.output.1) } ?? text.lastLine
        return LandmarkdError(
            .unusableData, "\(text.name):\(line): not JSON: \(why)",
            remedy: "the file is cut off or damaged: correct it or write it again")
    }
}

/// Why and where a text is no XML; nil where it is.
func xmlFault(_ text: TextFile) -> LandmarkdError? {
    do throws(LandmarkdError) {
        let elements = try XMLElements(text.contents, file: text.name)
        while try elements.next() != nil {}
        return nil
    } catch {
        return error
    }
}
