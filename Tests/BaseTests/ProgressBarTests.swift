import Testing

@testable import Service

@Suite struct ProgressBarTests {
    @Test func aTerminalGetsABarAndALogGetsLines() {
        let bar = ProgressBar(title: "a.mp4", style: .bar)
        #expect(
            bar.text(share: 0.5, detail: "12 frames") == "\r\u{1B}[Ka.mp4 [############............] 50 %, 12 frames")
        #expect(bar.text(share: nil, detail: "12 frames") == "\r\u{1B}[Ka.mp4 12 frames")
        let lines = ProgressBar(title: "a.mp4", style: .lines)
        #expect(lines.text(share: 1.7, detail: "12 frames") == "a.mp4: 100 %, 12 frames\n")
        #expect(lines.text(share: nil, detail: "12 frames") == "a.mp4: 12 frames\n")
    }
}
