import Base
import CV4L2
import Glibc

/// Streaming into buffers that camera and program share. Stops, and gives all back, when it is released.
final class CameraStream {  // thread-bound
    /// A buffer that the driver has filled; to be given back.
    struct Filled {
        let index: UInt32
        /// Its filled part, valid until it is given back.
        let bytes: UnsafeRawBufferPointer
        let sequence: UInt32
        /// Seconds of the monotonic clock, if the driver is honest.
        let stamp: Double
        /// The driver says that something is wrong with the picture.
        let isFaulty: Bool
    }

    private let device: CameraDevice
    private var buffers: [UnsafeMutableRawBufferPointer] = []
    /// Failed reads in a row.
    private var failures = 0

    private static let wantedBuffers: UInt32 = 4
    /// More failed reads in a row than this are no passing trouble.
    private static let toleratedFailures = 10

    /// Throws as `cameraFault` says, `tryLater` where another program streams.
    init(_ device: CameraDevice) throws(LandmarkdError) {
        self.device = device
        var request = v4l2_requestbuffers()
        request.count = Self.wantedBuffers
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        request.memory = V4L2_MEMORY_MMAP.rawValue
        try device.perform(lm_vidioc_reqbufs, &request, "reserving buffers")
        for index in 0..<request.count {
            var buffer = captureBuffer(index)
            try device.perform(lm_vidioc_querybuf, &buffer, "asking for its buffers")
            guard let memory = device.calls.map(device.descriptor, Int(buffer.length), Int(buffer.m.offset)) else {
                throw cameraFault(device.path, "mapping its buffers", errno, own: device.descriptor)
            }
            buffers.append(UnsafeMutableRawBufferPointer(start: memory, count: Int(buffer.length)))
            try device.perform(lm_vidioc_qbuf, &buffer, "queueing a buffer")
        }
        var subscription = v4l2_event_subscription()
        subscription.type = UInt32(V4L2_EVENT_SOURCE_CHANGE)
        _ = device.attempt(lm_vidioc_subscribe_event, &subscription)  // few drivers know it
        var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try device.perform(lm_vidioc_streamon, &type, "starting to stream")
    }

    deinit {
        var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        _ = device.attempt(lm_vidioc_streamoff, &type)  // an unplugged one refuses
        for buffer in buffers { device.calls.unmap(buffer.baseAddress!, buffer.count) }
    }

    enum Wakeup {
        case ready
        case stopped
        case timeUp
    }

    /// Waits for a filled buffer for up to `seconds`.
    ///
    /// Throws `unavailable` where the camera was unplugged, changed its format or reports an error.
    func wait(seconds: Double, stop: StopSignal) throws(LandmarkdError) -> Wakeup {
        guard let events = device.wait(seconds: seconds, stop: stop) else { return .stopped }
        let events32 = Int32(events)
        if events32 & POLLPRI != 0 { try readEvents() }
        if events32 & (POLLERR | POLLHUP | POLLNVAL) != 0 && events32 & POLLIN == 0 {
            var probe = v4l2_capability()
            let fault = device.attempt(lm_vidioc_querycap, &probe)
            throw cameraFault(
                device.path, "waiting for a frame", events32 & POLLHUP != 0 ? ENODEV : fault == 0 ? EIO : fault,
                own: device.descriptor)
        }
        return events32 & POLLIN != 0 ? .ready : .timeUp
    }

    /// The oldest filled buffer; nil where none is ready, `.failure` where reading failed in a way that may pass.
    ///
    /// Throws `unavailable` where the camera was unplugged, or reading failed too often in a row.
    func take() throws(LandmarkdError) -> Taken {
        var buffer = captureBuffer(0)
        let fault = device.attempt(lm_vidioc_dqbuf, &buffer)
        switch fault {
        case 0: break
        case EAGAIN: return .nothing
        case EIO where failures < Self.toleratedFailures:
            failures += 1
            return .failed
        default: throw cameraFault(device.path, "reading a frame", fault, own: device.descriptor)
        }
        failures = 0
        guard Int(buffer.index) < buffers.count else {
            throw cameraFault(device.path, "reading a frame: no such buffer", EIO, own: device.descriptor)
        }
        let memory = buffers[Int(buffer.index)]
        let filled = UnsafeRawBufferPointer(rebasing: memory[..<min(Int(buffer.bytesused), memory.count)])
        return .filled(
            Filled(
                index: buffer.index, bytes: filled, sequence: buffer.sequence,
                stamp: Double(buffer.timestamp.tv_sec) + Double(buffer.timestamp.tv_usec) * 1e-6,
                isFaulty: buffer.flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0))
    }

    enum Taken {
        case filled(Filled)
        case nothing
        case failed
    }

    /// Lets the driver fill it again. Throws `unavailable`.
    func giveBack(_ filled: Filled) throws(LandmarkdError) {
        var buffer = captureBuffer(filled.index)
        try device.perform(lm_vidioc_qbuf, &buffer, "giving a buffer back")
    }

    private func readEvents() throws(LandmarkdError) {
        while true {
            var event = v4l2_event()
            let fault = device.attempt(lm_vidioc_dqevent, &event)
            if fault == ENODEV { throw cameraFault(device.path, "reading an event", fault, own: device.descriptor) }
            if fault != 0 { return }
            if event.type == UInt32(V4L2_EVENT_SOURCE_CHANGE) { throw formatChanged(device.path) }
        }
    }

    private func captureBuffer(_ index: UInt32) -> v4l2_buffer {
        var buffer = v4l2_buffer()
        buffer.index = index
        buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        buffer.memory = V4L2_MEMORY_MMAP.rawValue
        return buffer
    }
}

/// The error of a camera whose frames have become others than it promised.
func formatChanged(_ path: String) -> LandmarkdError {
    LandmarkdError(
        .unavailable, "\(path): the camera changed its format",
        remedy: "nothing: it is reopened; if this happens repeatedly, set 'format' and 'size'")
}
