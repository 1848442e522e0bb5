import Testing

@testable import Capture

/// Which of a camera's modes is taken.
@Suite struct CameraChoiceTests {
    /// "YUYV 640x480@30,15 1280x720@10" and so on.
    private func modes(_ lines: String...) -> [CameraMode] {
        lines.flatMap { line in
            let words = line.split(separator: " ")
            return words.dropFirst().map { word in
                let parts = word.split(separator: "@")
                let size = parts[0].split(separator: "x").map { Int($0)! }
                let rates = parts.count < 2 ? [] : parts[1].split(separator: ",").map { Double($0)! }
                return CameraMode(code: PixelCode(String(words[0]))!, width: size[0], height: size[1], rates: rates)
            }
        }
    }

    private func choice(_ modes: [CameraMode]) -> String? { choice(CameraRequest(), modes) }

    private func choice(_ request: CameraRequest, _ modes: [CameraMode]) -> String? {
        request.best(of: modes).map { mode, rate in
            "\(mode.code) \(mode.width)x\(mode.height)@" + (rate.map(rateText) ?? "?")
        }
    }

    @Test func jpegThatHoldsTheRateWinsOverRawPicturesThatDoNot() {
        #expect(choice(modes("YUYV 640x480@5", "MJPG 640x480@30")) == "MJPG 640x480@30")
        #expect(choice(modes("YUYV 640x480@15", "MJPG 640x480@30")) == "MJPG 640x480@30")
    }

    @Test func rawPicturesWinWhereBothHoldTheRate() {
        #expect(choice(modes("MJPG 640x480@30", "YUYV 640x480@30,5")) == "YUYV 640x480@30")
        #expect(choice(modes("MJPG 640x480@30", "YUYV 640x480@29.97")) == "YUYV 640x480@29.97")
    }

    @Test func aWebcamIsReadInItsUsualMode() {
        let webcam = modes(
            "YUYV 640x480@30,15 160x120@30 1280x720@10 1920x1080@5",
            "MJPG 640x480@30,15 1280x720@60,30 1920x1080@30")
        #expect(choice(webcam) == "YUYV 640x480@30")
        #expect(choice(CameraRequest(size: (1280, 720)), webcam) == "MJPG 1280x720@30")
        #expect(choice(CameraRequest(rate: 60), webcam) == "MJPG 1280x720@60")
        #expect(choice(CameraRequest(format: "mjpeg"), webcam) == "MJPG 640x480@30")
        #expect(choice(CameraRequest(format: "YUYV", size: (1920, 1080)), webcam) == "YUYV 1920x1080@5")
        #expect(choice(CameraRequest(rate: 15), webcam) == "YUYV 640x480@15")
        #expect(choice(CameraRequest(format: "NV12"), webcam) == nil)
    }

    @Test func aSizeThatIsNotOfferedGivesTheNearest() {
        #expect(choice(CameraRequest(size: (1000, 700)), modes("YUYV 320x240@30 1280x720@30")) == "YUYV 1280x720@30")
    }

    @Test func colourWinsOverGreyAndWhatIsReadableOverWhatIsConverted() {
        #expect(choice(modes("GREY 640x480@30", "YUYV 640x480@30")) == "YUYV 640x480@30")
        #expect(choice(modes("RGB3 640x480@30", "MJPG 640x480@30")) == "MJPG 640x480@30")
        #expect(choice(modes("RGB3 640x480@30")) == "RGB3 640x480@30")
    }

    @Test func aCameraThatTellsNoRatesIsTakenAsItIs() {
        #expect(choice(modes("YUYV 640x480", "MJPG 640x480")) == "YUYV 640x480@?")
        #expect(choice([]) == nil)
    }

    @Test func pixelCodesReadAsV4L2WritesThem() {
        for name in ["YUYV", "MJPG", "Y16", "GREY", "422P"] { #expect(PixelCode(name)?.description == name) }
        #expect(PixelCode("yuv420")?.description == "YU12" && PixelCode("MJPEG")?.description == "MJPG")
        #expect(PixelCode("YUYV")?.rawValue == 0x5659_5559)
        #expect(PixelCode("") == nil && PixelCode("H26455") == nil && PixelCode("Ü") == nil)
        #expect(PixelCode(rawValue: 0x8000_0000 | PixelCode("Y16")!.rawValue).description == "Y16-BE")
    }
}
