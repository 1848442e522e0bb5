/// What is served over HTTP, for the reference pages; a test asks a running service for each.
package struct HTTPEndpoint: Sendable {
    package let path: String
    package let type: String
    package let meaning: String

    package static let all: [HTTPEndpoint] = [
        HTTPEndpoint(path: "/", type: "text/html", meaning: "the page, with /page.css and /page.js"),
        HTTPEndpoint(
            path: "/healthz", type: "application/json",
            meaning: "200 if every stream delivers, otherwise 503 with the reasons; "
                + "answered without a token, then without reasons"),
        HTTPEndpoint(path: "/metrics", type: "text/plain", meaning: "metrics for Prometheus"),
        HTTPEndpoint(path: "/v1/streams", type: "application/json", meaning: "streams, their state and rates"),
        HTTPEndpoint(
            path: "/v1/events", type: "text/event-stream",
            meaning: "every result of every stream as server-sent events; a slow reader misses some and delays nobody"),
        HTTPEndpoint(
            path: "/v1/streams/NAME", type: "application/json", meaning: "the newest result; 503 before there is one"),
        HTTPEndpoint(
            path: "/v1/streams/NAME/events", type: "text/event-stream", meaning: "every result of one stream"),
        HTTPEndpoint(
            path: "/v1/streams/NAME/frame.jpg", type: "image/jpeg",
            meaning: "the picture; the header Landmarkd-Frame has its number. 404 where http.preview is false"),
    ]
}
