import Foundation

/// A way of sending pictures over HTTP that cameras in use have and browsers show.
struct CameraWay: Sendable, CustomStringConvertible {
    let description: String
    /// The answer's Content-Type.
    var type = "multipart/x-mixed-replace; boundary=cut"
    /// All of a body with these pictures.
    let body: @Sendable (_ pictures: [[UInt8]]) -> [UInt8]

    /// Parts whose lines are as given; `SIZE` in `header` stands for the picture's bytes.
    init(
        _ description: String, type: String = "multipart/x-mixed-replace; boundary=cut", mark: String = "--cut\r\n",
        header: String = "Content-Type: image/jpeg\r\nContent-Length: SIZE\r\n", gap: String = "\r\n",
        isMarkedFirst: Bool = true, between: [UInt8] = [], sizeError: Int = 0, withoutEnd: Bool = false,
        after: [UInt8] = []
    ) {
        (self.description, self.type) = (description, type)
        body = { pictures in
            var bytes: [UInt8] = []
            for (number, picture) in pictures.enumerated() {
                let picture = withoutEnd ? picture.dropLast(2) : picture[...]
                let size = "\(picture.count + sizeError)"
                if isMarkedFirst || number > 0 { bytes += Array(mark.utf8) }
                bytes += Array("\(header.replacing("SIZE", with: size))\r\n".utf8)
                bytes += picture + Array(gap.utf8) + between
            }
            return bytes + Array(mark.utf8) + after
        }
    }

    /// Something other than parts.
    init(_ description: String, type: String, body: @escaping @Sendable (_ pictures: [[UInt8]]) -> [UInt8]) {
        (self.description, self.type, self.body) = (description, type, body)
    }

    static let all = [
        CameraWay("plain"),
        CameraWay("boundary only after each picture", isMarkedFirst: false),
        CameraWay("parts without a type", header: "Content-Length: SIZE\r\n"),
        CameraWay("parts with nothing", header: ""),
        CameraWay("image/jpg", header: "Content-Type: image/jpg\r\nContent-Length: SIZE\r\n"),
        CameraWay("image/jpeg; charset", header: "content-type: image/jpeg; charset=utf-8\r\ncontent-length:SIZE\r\n"),
        CameraWay("octet-stream", header: "Content-Type: application/octet-stream\r\nContent-Length: SIZE\r\n"),
        CameraWay("boundary without dashes", mark: "cut\r\n"),
        CameraWay("boundary with its dashes announced", type: "multipart/x-mixed-replace;boundary=--cut"),
        CameraWay("boundary in quotes", type: "Multipart/Mixed; charset=utf-8; Boundary=\"cut\""),
        CameraWay("another boundary than announced", type: "multipart/x-mixed-replace; boundary=other"),
        CameraWay("no boundary announced", type: "multipart/x-mixed-replace"),
        CameraWay("announced as text", type: "text/plain"),
        CameraWay("no length, no gap", header: "Content-Type: image/jpeg\r\n", gap: ""),
        CameraWay("too large a length", sizeError: 700),
        CameraWay("too small a length", sizeError: -100),
        CameraWay("length that no number holds", header: "Content-Length: 99999999999999999999\r\n"),
        CameraWay("giant length", header: "Content-Length: 999999999999\r\n"),
        CameraWay("negative length", header: "Content-Length: -1\r\n"),
        CameraWay("line feeds alone", mark: "--cut\n", header: "Content-Length: SIZE\n", gap: "\n"),
        CameraWay("an empty line too many", header: "Content-Length: SIZE\r\n\r\n"),
        CameraWay(
            "text between",
            between: Array("--cut\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nstill\r\n".utf8)),
        CameraWay(
            "events without a length between",
            between: Array("--cut\r\nContent-Type: application/json\r\n\r\n{\"motion\": true,\n\"a\": 1}\r\n".utf8)),
        CameraWay(
            "sound between, with bytes of a picture in it",
            between: Array("--cut\r\nContent-Type: audio/basic\r\n\r\n".utf8)
                + [1, 0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0x0A, 9, 0xFF, 0xD9] + Array("\r\n".utf8)),
        CameraWay(
            "sound of known length between",
            between: Array("--cut\r\nContent-Type: audio/basic\r\nContent-Length: 9\r\n\r\n".utf8)
                + [1, 0xFF, 0xD8, 0xFF, 0xE0, 0x0A, 0x0A, 0xFF, 0xD9] + Array("\r\n".utf8)),
        CameraWay("pictures without an end", withoutEnd: true),
        CameraWay(
            "pictures without an end or a length", header: "Content-Type: image/jpeg\r\n", withoutEnd: true,
            after: [0x0D, 0x0A, 0xFF, 0xD8, 0xFF]),
        CameraWay("bytes after a picture, within its part") { pictures in
            let tail = [UInt8](repeating: 0, count: 40) + [0xFF, 0xD8, 0xFF, 0xDB, 0, 2, 0xFF, 0xD9]
            return Array("--cut\r\n".utf8)
                + pictures.flatMap {
                    Array("Content-Length: \($0.count + tail.count)\r\n\r\n".utf8) + $0 + tail
                        + Array("\r\n--cut\r\n".utf8)
                }
        },
        CameraWay("a row of JPEGs", type: "image/jpeg") { $0.flatMap { $0 } + [0xFF] },
        CameraWay("a row of JPEGs with gaps", type: "video/x-motion-jpeg") { $0.flatMap { $0 + [0, 0, 0x0A] } },
        CameraWay("a row of JPEGs of no type", type: "application/octet-stream") { $0.flatMap { $0 } },
        CameraWay("a row of JPEGs without ends", type: "image/jpeg") { pictures in
            pictures.flatMap { $0.dropLast(2) } + [0xFF, 0xD8, 0xFF]
        },
    ]

    private init(_ description: String, body: @escaping @Sendable (_ pictures: [[UInt8]]) -> [UInt8]) {
        (self.description, self.body) = (description, body)
    }
}

/// A JPEG with a segment that holds a whole small one, as cameras' thumbnails are stored.
func withThumbnail(_ picture: [UInt8], _ thumbnail: [UInt8]) -> [UInt8] {
    let length = thumbnail.count + 2
    return Array(picture[..<2]) + [0xFF, 0xE4, UInt8(length >> 8), UInt8(length & 0xFF)] + thumbnail + picture[2...]
}
