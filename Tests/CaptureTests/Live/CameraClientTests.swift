import Base
import CV4L2
import Foundation
import TestSupport
import Testing

@testable import Capture

/// How the client bears drivers that do what camfs cannot: played from memory.
@Suite(.ownThread) struct CameraClientTests {
    private func open(_ camera: PlayedCamera, _ request: CameraRequest = CameraRequest(patience: 0.05)) throws
        -> CameraSource
    {
        try CameraSource("/dev/played", request: request, calls: camera.calls, stop: StopSignal())
    }

    private func cause(_ camera: PlayedCamera) -> String? {
        fault { while try open(camera).next() != nil {} }?.cause
    }

    @Test func whicheverCallFailsAllIsGivenBack() throws {
        var (call, wasReached) = (0, true)
        while wasReached {
            call += 1
            let camera = PlayedCamera()
            camera.deliveries = [camera.picture()]
            camera.failingCall = call
            _ = fault { _ = try open(camera).next() }
            #expect(camera.openDescriptors.isEmpty && camera.mappings.isEmpty && !camera.isStreaming, "call \(call)")
            wasReached = camera.callCount >= call
        }
        #expect(call > 20)
    }

    @Test func nothingIsLeftOfThousandsOfOpenings() throws {
        let camera = PlayedCamera()
        for round in 0..<3000 {
            camera.failures = round % 3 == 0 ? [lm_vidioc_streamon: ENOSPC] : [:]
            camera.deliveries = [camera.picture()]
            _ = try? open(camera).next()
        }
        #expect(camera.openDescriptors.isEmpty && camera.mappings.isEmpty && !camera.isStreaming)
    }

    @Test func rowsMayHavePadding() throws {
        let camera = PlayedCamera()
        (camera.size, camera.bytesPerRow) = ((5, 3), 16)
        camera.deliveries = [PlayedCamera.Delivery(bytes: (0..<48).map { UInt8($0) })]
        let frame = try #require(try open(camera).next()).frame
        #expect(colour(frame, 4, 2) == [36] && colour(frame, 0, 1) == [16])
        camera.deliveries = [PlayedCamera.Delivery(bytes: (0..<47).map { UInt8($0) })]
        #expect(cause(camera)?.contains("no good frame, 1 broken") == true)
    }

    @Test func rangeIsWhatTheDriverSays() throws {
        for (code, quantization, isFull) in [
            ("GREY", V4L2_QUANTIZATION_DEFAULT, true), ("GREY", V4L2_QUANTIZATION_LIM_RANGE, false),
            ("YUYV", V4L2_QUANTIZATION_DEFAULT, false), ("YUYV", V4L2_QUANTIZATION_FULL_RANGE, true),
        ] {
            let camera = PlayedCamera()
            (camera.code, camera.quantization) = (PixelCode(code)!, quantization.rawValue)
            camera.deliveries = [PlayedCamera.Delivery(bytes: [UInt8](repeating: 9, count: 16))]
            #expect(try open(camera).next()?.frame.fullRange == isFull, "\(code) \(quantization)")
        }
    }

    @Test func whatTheDriverGrantsIsKept() throws {
        let camera = PlayedCamera()
        camera.insistsOn = PixelCode("UYVY")
        camera.hasRates = false
        let granted = try open(camera, CameraRequest(format: "GREY", size: (640, 480), rate: 60)).format
        #expect(granted == LiveFormat(width: 4, height: 2, encoding: "UYVY", rate: nil))
        camera.insistsOn = PixelCode("H264")
        #expect(cause(camera)?.contains("asked for GREY it gives H264") == true)
    }

    @Test func anAskedFormatThatLacksIsToldWithThoseThatThereAre() throws {
        let error = fault { _ = try open(PlayedCamera(), CameraRequest(format: "NV12")) }
        #expect(error?.exitCode == .wrongSettings)
        #expect(error?.cause == "/dev/played: does not offer the format 'NV12', only GREY")
    }

    @Test func listsWithoutAnEndAndRangesOfSizesAreRead() throws {
        let camera = PlayedCamera()
        camera.isEndless = true
        let device = try CameraDevice("/dev/played", calls: camera.calls)
        #expect(device.modes() == [CameraMode(code: camera.code, width: 4, height: 2, rates: [30])])
        camera.isEndless = false
        camera.stepwise = v4l2_frmsize_stepwise(
            min_width: 16, max_width: 1000, step_width: 8, min_height: 16, max_height: 500, step_height: 2)
        let sizes = device.modes(wanted: (72, 50)).map { "\($0.width)x\($0.height)" }
        #expect(sizes == ["16x16", "72x50", "320x240", "640x360", "640x480", "1000x500"])
    }

    @Test func aDriverThatGrantsOneBufferIsRead() throws {
        let camera = PlayedCamera()
        camera.mostBuffers = 1
        camera.deliveries = [camera.picture(1)]
        let source = try open(camera)
        #expect(colour(try #require(try source.next()).frame, 0, 0) == [1])
        camera.deliveries = [camera.picture(7)]
        #expect(colour(try #require(try source.next()).frame, 0, 0) == [7])
    }

    @Test(arguments: [POLLERR, POLLERR | POLLHUP, POLLNVAL]) func anErrorOfTheDeviceEndsTheStream(_ told: Int32) throws
    {
        let camera = PlayedCamera()
        camera.pollAnswer = told
        let expected = told & POLLHUP != 0 ? "the camera was unplugged" : "waiting for a frame: Input/output error"
        #expect(cause(camera) == "/dev/played: \(expected)")
    }

    @Test func anUnpluggedCameraIsToldAtEachCall() throws {
        for request in [lm_vidioc_dqbuf, lm_vidioc_qbuf, lm_vidioc_streamon, lm_vidioc_s_fmt, lm_vidioc_querybuf] {
            let camera = PlayedCamera()
            camera.deliveries = [camera.picture()]
            camera.failures[request] = ENODEV
            #expect(cause(camera) == "/dev/played: the camera was unplugged")
        }
    }

    @Test func aBufferThatWasNeverReservedIsAnError() throws {
        let camera = PlayedCamera()
        var odd = camera.picture()
        odd.index = 77
        camera.deliveries = [odd]
        #expect(cause(camera)?.contains("no such buffer") == true)
    }

    @Test func anotherFormatBehindOurBackIsAsked() throws {
        let camera = PlayedCamera()
        let source = try open(camera)
        camera.deliveries = [camera.picture()]
        _ = try source.next()
        camera.size = (2, 2)
        camera.deliveries = [camera.picture()]
        #expect(fault(of: source)?.cause == "/dev/played: the camera changed its format")
    }

    @Test func otherEventsAreReadAndForgotten() throws {
        let camera = PlayedCamera()
        let source = try open(camera)
        camera.events = [UInt32(V4L2_EVENT_EOS), UInt32(V4L2_EVENT_CTRL)]
        camera.deliveries = [camera.picture()]
        #expect(try source.next() != nil && camera.events.isEmpty)
        camera.events = [UInt32(V4L2_EVENT_SOURCE_CHANGE)]
        #expect(fault(of: source)?.cause == "/dev/played: the camera changed its format")
    }

    @Test(arguments: [V4L2_CAP_VIDEO_OUTPUT, V4L2_CAP_META_CAPTURE, V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_M2M])
    func whatTakesNoPicturesIsNoCamera(_ flags: Int32) throws {
        let camera = PlayedCamera()
        camera.flags = flags | V4L2_CAP_STREAMING
        #expect(cause(camera) == "/dev/played: captures no video")
    }

    @Test func aMissingGroupIsNamed() throws {
        let folder = try TemporaryFolder()
        let node = folder.path("video0")
        try writeFile(node, [1])
        #expect(chmod(node, 0o660) == 0)
        let error = cameraFault(node, "opening", EACCES)
        #expect(error.exitCode == .noPermission && error.cause == "\(node): opening: Permission denied")
        let group = try #require(getgrgid(getegid()).map { String(cString: $0.pointee.gr_name) })
        #expect(error.remedy?.hasPrefix("add the user to the group '\(group)'") == true, "\(error)")
        #expect(chmod(node, 0o600) == 0)
        #expect(cameraFault(node, "opening", EACCES).remedy?.contains("chmod") == true)
    }
}
