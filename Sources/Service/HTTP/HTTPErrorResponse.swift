import Base
import Foundation
import Hummingbird

/// Why a request is not answered as it asks, and what to do about it: a status and `{"error": …, "remedy": …}`.
struct HTTPErrorResponse: Error {
    let status: HTTPResponse.Status
    let cause: String
    let remedy: String?
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ cause: String, remedy: String? = nil, headers: HTTPFields = [:]) {
        (self.status, self.cause, self.remedy, self.headers) = (status, cause, remedy, headers)
    }

    /// One JSON object and a line's end.
    var text: String {
        let object: JSON = ["error": .string(cause), "remedy": remedy.map { .string($0) }]
        return object.text + "\n"
    }

    var response: Response {
        var response = jsonResponse(ByteBuffer(string: text), status: status)
        response.headers.append(contentsOf: headers)
        return response
    }
}

func jsonResponse(_ text: ByteBuffer, status: HTTPResponse.Status = .ok) -> Response {
    Response(status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: text))
}

/// Keys in the order of the alphabet, a line's end last. Traps where a number is not finite.
func jsonResponse(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var buffer = ByteBuffer(bytes: try encoder.encode(value))
    buffer.writeString("\n")
    return jsonResponse(buffer, status: status)
}
