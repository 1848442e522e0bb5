import Base
import CV4L2
import Glibc

/// Whether a camera could be used now, and by whom it is used. Asking disturbs nobody who streams from it.
package struct CameraCondition: Sendable {
    package let path: String
    /// The path without links, to compare cameras by.
    package let node: String
    /// As it calls itself; nil where it cannot be asked.
    package let card: String?
    /// The mode that would be chosen: "MJPG 640x480, 30 frames/s".
    package let choice: String?
    /// Other programs that have it open: "ffmpeg (process 4711)".
    package let holders: [String]
    /// Whether one of them streams, so that nobody else can.
    package let isBusy: Bool
    /// Why it cannot be used.
    package let fault: LandmarkdError?

    /// All cameras of a folder.
    package static func all(in folder: CameraFolder) -> [CameraCondition] {
        CameraReport(folder).entries.map { entry in
            let choice = entry.choice.map { mode, rate in
                "\(mode.code) \(mode.width)x\(mode.height)" + (rate.map { ", \(rateText($0)) frames/s" } ?? "")
            }
            let holders = deviceHolders(entry.path).filter { $0.process != getpid() }
            return CameraCondition(
                path: entry.path, node: realPath(entry.path) ?? entry.path, card: entry.capabilities?.card,
                choice: choice, holders: holders.map { "\($0.name) (process \($0.process))" },
                isBusy: entry.fault == nil && isBusy(entry.path), fault: entry.fault)
        }
    }

    /// Returning no buffers is refused while another program has some.
    private static func isBusy(_ path: String) -> Bool {
        guard let device = try? CameraDevice(path) else { return false }
        var request = v4l2_requestbuffers()
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        request.memory = V4L2_MEMORY_MMAP.rawValue
        return device.attempt(lm_vidioc_reqbufs, &request) == EBUSY
    }
}

extension CameraFolder {
    /// The node that a camera's path or card name leads to, links followed. Throws `.unavailable` where there is none.
    package func realNode(of name: String) throws(LandmarkdError) -> String {
        let path = try node(of: name, calls: .kernel)
        guard let real = realPath(path) else { throw cameraFault(path, "opening", errno) }
        return real
    }
}
