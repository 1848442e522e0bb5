import Foundation
import TestSupport
import Testing

@testable import Service

/// The page in a real browser. With LANDMARKD_PAGE_PICTURES naming a folder, what it looks like is kept there.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: hasProgram("chromium"), "Debian's package chromium is not installed"))
struct PageTests {
    @Test(arguments: [(1240, false), (390, true)])
    func facesRatesAndLossesAreShown(width: Int, isDark: Bool) async throws {
        let door = try DrawnStream("door", people: 1, seed: 5, source: "/dev/v4l/by-id/usb-Camera_0-video-index0")
        let hall = try DrawnStream("hall", people: 2, seed: 9, source: "rtsp://user:secret@camera.local/stream")
        let yard = StreamState(name: "yard")
        yard.update { status in
            (status.state, status.source) = (.waiting, "/dev/video2")
            status.reasons = ["/dev/video2: opening: No such file or directory"]
            (status.reconnects, status.received, status.tracked) = (3, 1520, 1518)
        }
        try await ServedStreams.run([door.state, hall.state, yard]) { served in
            try await onThread {
                let browser = try Browser(width: width, height: 900, scale: 2, isDark: isDark)
                try browser.open("http://127.0.0.1:\(served.port)/")
                try browser.wait(until: "document.querySelectorAll('article').length === 3")
                try browser.wait(until: card(0, ".faces", shows: "face 1: 98 %"))
                try browser.wait(until: card(1, ".faces", shows: "face 2: 85 %"))
                try browser.wait(until: card(0, ".tracked", shows: "/s") + "&&" + card(1, ".tracked", shows: "/s"))
                #expect(try browser.evaluate(card(0, ".received", shows: "25.0/s")) as? Bool == true)
                #expect(try browser.evaluate(card(0, ".latency", shows: "31 ms")) as? Bool == true)
                #expect(try browser.evaluate(card(0, ".state", shows: "delivering")) as? Bool == true)
                #expect(try browser.evaluate(card(2, ".state", shows: "waiting")) as? Bool == true)
                #expect(try browser.evaluate(card(2, ".reasons", shows: "No such file or directory")) as? Bool == true)
                #expect(try browser.evaluate("document.body.innerText.includes('secret')") as? Bool == false)
                #expect(try browser.evaluate("byId('summary').textContent") as? String == "2 of 3 streams deliver")
                // The second may lie below what a phone shows: then nobody asks for its picture.
                try browser.wait(until: "cards.get('door').picture?.frame > 0")
                #expect(
                    try browser.evaluate("document.documentElement.scrollWidth <= innerWidth") as? Bool == true,
                    "nothing is wider than the screen")
                try keep(browser, "streams-\(width)")
                #expect(browser.complaints.isEmpty)
                hall.state.update { ($0.state, $0.reasons) = (.waiting, ["camera.local: no frame for 5.0 s"]) }
                hall.stop()
                try browser.wait(until: card(1, ".state", shows: "waiting"))
                try browser.wait(until: card(1, ".veil", shows: "Last frame at"))
                #expect(try browser.evaluate(card(1, ".faces", shows: "face")) as? Bool == false)
                try keep(browser, "lost-\(width)")
            }
        }
    }

    @Test func withoutPicturesLandmarksAreDrawnOnAPlainGround() async throws {
        let door = try DrawnStream("door", people: 1, seed: 5, source: "/dev/video0")
        try await ServedStreams.run([door.state], preview: false) { served in
            try await onThread {
                let browser = try Browser(width: 390, height: 844, scale: 2)
                try browser.open("http://127.0.0.1:\(served.port)/")
                try browser.wait(until: card(0, ".veil", shows: "switched off"))
                try browser.wait(until: card(0, ".faces", shows: "face 1"))
                let drawn = """
                    document.querySelector('canvas').getContext('2d')
                        .getImageData(0, 0, 700, 500).data.some((value) => value > 0)
                    """
                try browser.wait(until: drawn)
                #expect(try browser.evaluate("cards.get('door').picture") is NSNull?)
                try keep(browser, "no-pictures")
                #expect(browser.complaints.isEmpty, "it does not ask for pictures")
            }
        }
        #expect(door.state.waiting.pictures == 0)
    }

    @Test func theTokenIsAskedForOrReadFromTheAddress() async throws {
        let state = deliveringStream("door")
        let publishing = Task { await state.publishFrames() }
        defer { publishing.cancel() }
        try await ServedStreams.run([state], token: "sixteen letters&") { served in
            try await onThread {
                let browser = try Browser(width: 800, height: 700)
                try browser.open("http://127.0.0.1:\(served.port)/")
                try browser.wait(until: "!byId('access').hidden")
                try keep(browser, "token")
                func enter(_ token: String) throws {
                    _ = try browser.evaluate("byId('token').value = '\(token)'; byId('access').requestSubmit()")
                }
                try enter("wrong")
                try browser.wait(until: "!byId('refused').hidden && !byId('access').hidden")
                try enter("sixteen letters&")
                try browser.wait(until: "cards.size === 1")
                try browser.wait(until: card(0, ".faces", shows: "face 1: 90 %"))
                // The tab remembers it.
                try browser.open("http://127.0.0.1:\(served.port)/?again")
                try browser.wait(until: "location.search === '?again' && cards.size === 1")
                let other = try Browser(width: 800, height: 700)
                try other.open("http://127.0.0.1:\(served.port)/#token=sixteen%20letters%26")
                try other.wait(until: "cards.size === 1 && location.hash === ''")
                // As the message to whoever sends none has it.
                try other.open("http://127.0.0.1:\(served.port)/?again&token=sixteen%20letters%26")
                try other.wait(until: "cards.size === 1 && location.search === '?again'")
                try other.open("http://127.0.0.1:\(served.port)/?token=wrong%")
                try other.wait(until: "!byId('refused').hidden && location.search === ''")
                #expect(other.complaints.allSatisfy { $0.contains("401") }, "\(other.complaints)")
            }
        }
    }

    @Test func aServiceThatIsGoneIsSaid() async throws {
        let browsing = try await ServedStreams.run([deliveringStream("door")]) { served in
            let isOpen = DispatchSemaphore(value: 0)
            let browsing = Task {
                try await onThread {
                    let browser = try Browser(width: 800, height: 700)
                    try browser.open("http://127.0.0.1:\(served.port)/")
                    try browser.wait(until: "cards.size === 1 && events?.readyState === 1")
                    isOpen.signal()
                    try browser.wait(until: "!byId('gone').hidden && byId('gone').textContent.includes('No answer')")
                    try keep(browser, "gone")
                    #expect(try browser.evaluate("byId('summary').textContent") as? String == "not reachable")
                    #expect(try browser.evaluate(card(0, ".state", shows: "unknown")) as? Bool == true)
                }
            }
            await onThread { isOpen.wait() }
            return browsing
        }
        try await browsing.value
    }
}

/// JavaScript that tells whether a part of the card of that number holds the text.
private func card(_ number: Int, _ part: String, shows text: String) -> String {
    "document.querySelectorAll('article \(part)')[\(number)].textContent.includes('\(text)')"
}

private func keep(_ browser: Browser, _ name: String) throws {
    if let folder = environment("LANDMARKD_PAGE_PICTURES") { try browser.takePicture("\(folder)/\(name).png") }
}
