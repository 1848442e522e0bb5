import Base
import Testing

@testable import Capture

/// Frames that each real clip holds, as its list tells.
private let realClips = [
    ("turns_1280x720_60fps.mp4", 437), ("talking_gt_720x576.mp4", 90), ("talking_gt_360x288.mp4", 302),
    ("expressions_512x512.mp4", 448), ("fastmotion_512x512.mp4", 183), ("fastmotion_vfr_512x512.mp4", 138),
    ("hands_512x512.mp4", 273), ("occlusion_640x480.avi", 372), ("leave_return_640x360.mp4", 482),
    ("corridor_480x720.mp4", 146), ("cuts_640x360.mp4", 275), ("two_faces_480x270.gif", 56),
    ("wide_small_640x480.mkv", 66), ("webcam_vfr_640x480.webm", 95), ("dim_water_338x640.mp4", 290),
    ("foreman_vp9_351x287.webm", 300), ("phone_portrait_hevc_rot90_720x1280.mov", 352),
    ("grey_dark_mjpeg_480x480.avi", 120), ("noface_street_768x432.mp4", 125), ("noface_phone_rot_720x1280.mov", 101),
]

@Suite(.enabled(if: sharedData != nil, "needs ../shared/data")) struct RealClipTests {
    @Test(arguments: realClips) func everyFrameIsRead(name: String, count: Int) throws {
        let reader = try VideoReader(sharedData! + "/videos/" + name)
        var (seen, last) = (0, -1.0)
        while let picture = try reader.next() {
            let frame = try #require(picture.frame)
            #expect(frame.displayWidth == reader.info.width && frame.displayHeight == reader.info.height)
            #expect(picture.index == seen && picture.time > last)
            (seen, last) = (seen + 1, picture.time)
        }
        #expect(seen == count && reader.brokenCount == 0 && reader.note == nil)
        #expect(name.contains("_rot") == (reader.info.orientation == Orientation(quarterTurns: 1)))
    }

    @Test func droppedFramesLeaveGapsInTime() throws {
        let times = try readAll(sharedData! + "/videos/fastmotion_vfr_512x512.mp4").pictures.map(\.time)
        let steps = zip(times, times.dropFirst()).map { (($1 - $0) * 1000).rounded() }
        #expect(Dictionary(grouping: steps, by: { $0 }).mapValues(\.count) == [40: 101, 80: 31, 120: 4, 280: 1])
        #expect(times.last.map { abs($0 - 7.28) < 1e-9 } == true)
    }
}
