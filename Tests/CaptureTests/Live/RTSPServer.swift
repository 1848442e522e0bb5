import Foundation

/// An RTSP camera on loopback: MPEG-TS in RTP packets, over the connection itself. Plays `transport` once to each who
/// comes, then says nothing more.
func rtspServer(_ transport: [UInt8]) throws -> LoopbackServer {
    try LoopbackServer { connection in
        while let request = connection.request() {
            let method = request.prefix { $0 != " " }
            let number = request.split(separator: "\r\n").first { $0.hasPrefix("CSeq:") } ?? "CSeq: 0"
            var answer = "RTSP/1.0 200 OK\r\n\(number)\r\nSession: 1\r\n"
            var body = ""
            switch method {
            case "DESCRIBE":
                body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=control:0\r\n"
                answer += "Content-Type: application/sdp\r\nContent-Length: \(body.utf8.count)\r\n"
            case "SETUP": answer += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            default: break
            }
            connection.send("\(answer)\r\n\(body)")
            if method == "PLAY" { sendPackets(transport, to: connection) }
        }
    }
}

/// Seven TS packets in each RTP packet, whose clock does not matter: the stream carries its own.
private func sendPackets(_ transport: [UInt8], to connection: LoopbackServer.Connection) {
    for (number, start) in stride(from: 0, to: transport.count, by: 7 * 188).enumerated() {
        let payload = transport[start..<min(start + 7 * 188, transport.count)]
        let sequence: [UInt8] = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        let packet = [0x80, 33] + sequence + [0, 0, 0, 0, 0, 0, 0, 1] + payload
        let size: [UInt8] = [UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)]
        connection.send([0x24, 0] + size + packet)
    }
}
