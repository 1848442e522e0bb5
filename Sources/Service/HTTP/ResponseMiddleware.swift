import Base
import Foundation
import Hummingbird
import Logging
import Metrics

/// Applied to every response: errors as JSON, security headers, no body for HEAD, a request counter.
struct ResponseMiddleware: RouterMiddleware {
    let metrics: MetricsRegistry
    let logger: Logger

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = await answer(request) { try await next(request, context) }
        for header in HTTPFields.security where !response.headers.contains(header.name) {
            response.headers.append(header)
        }
        Counter(
            label: "landmarkd_http_requests_total", dimensions: [("code", "\(response.status.code)")],
            factory: metrics
        ).increment()
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, _ next: () async throws -> Response) async -> Response {
        do {
            return try await next()
        } catch let refusal as HTTPErrorResponse {
            return refusal.response
        } catch let error as any HTTPResponseError {
            return HTTPErrorResponse(
                error.status, "there is nothing here",
                remedy: "ask for /, /healthz, /metrics, /v1/streams, /v1/streams/NAME, with /events or /frame.jpg"
            ).response
        } catch let fault as LandmarkdError {
            logger.error("answering \(request.uri.path): \(fault.cause)")
            return HTTPErrorResponse(.internalServerError, fault.cause, remedy: fault.remedy).response
        } catch {
            logger.error("answering \(request.uri.path): \(error)")
            return HTTPErrorResponse(.internalServerError, "\(error)").response
        }
    }
}

extension HTTPFields {
    /// Headers of every response, so that browsers neither cache it nor share it with other sites' pages.
    static let security: HTTPFields = [
        .cacheControl: "no-store",
        .contentSecurityPolicy: """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """,
        .xContentTypeOptions: "nosniff",
        .init("Cross-Origin-Resource-Policy")!: "same-origin",
        .init("Referrer-Policy")!: "no-referrer",
    ]
}

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
