import Base
import CV4L2
import Foundation

@testable import Capture

/// A camera that answers from memory: for what camfs cannot do. Bound to one thread, in spite of its `Sendable` calls.
final class PlayedCamera: @unchecked Sendable {
    struct Delivery {
        var bytes: [UInt8]
        var flags: Int32 = 0
        var sequence: UInt32 = 0
        /// Where the driver says that it filled another buffer than it did.
        var index: UInt32?
    }

    var flags = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING
    var code = PixelCode("GREY")!
    var size = (width: 4, height: 2)
    var bytesPerRow = 0
    var quantization: UInt32 = 0
    var hasRates = true
    /// Lists of formats, sizes and rates that never end.
    var isEndless = false
    var stepwise: v4l2_frmsize_stepwise?
    /// What the driver makes of any wish for a format.
    var insistsOn: PixelCode?
    var mostBuffers: UInt32 = 8
    /// Told by `poll` in place of what is so.
    var pollAnswer: Int32?
    /// errno by request.
    var failures: [UInt: Int32] = [:]
    /// The number of the one call that fails, counted from 1, with EIO.
    var failingCall: Int?
    var deliveries: [Delivery] = []
    var events: [UInt32] = []

    private(set) var callCount = 0
    private(set) var openDescriptors: Set<Int32> = []
    private(set) var mappings: Set<UnsafeMutableRawPointer> = []
    private(set) var isStreaming = false
    private var nextDescriptor: Int32 = 1_000_000
    private var memory: [UnsafeMutableRawPointer] = []
    private var queued: [UInt32] = []

    /// A picture of the camera's size, each byte its place plus `start`.
    func picture(_ start: UInt8 = 0) -> Delivery {
        Delivery(bytes: (0..<size.width * size.height).map { start &+ UInt8(truncatingIfNeeded: $0) })
    }

    var calls: CameraCalls {
        CameraCalls(
            open: { _ in
                guard !self.failsNow() else { return -1 }
                self.nextDescriptor += 1
                self.openDescriptors.insert(self.nextDescriptor)
                return self.nextDescriptor
            },
            close: { descriptor in
                precondition(self.openDescriptors.remove(descriptor) != nil, "closed twice")
                self.isStreaming = false  // as drivers do where the last one closes
                return 0
            },
            ioctl: { descriptor, request, argument in
                precondition(self.openDescriptors.contains(descriptor), "ioctl on a closed descriptor")
                let fault = self.failsNow() ? EIO : self.failures[request] ?? self.answer(request, argument)
                errno = fault
                return fault == 0 ? 0 : -1
            },
            poll: { entries, _ in
                let ready = self.deliveries.isEmpty || self.queued.isEmpty ? 0 : POLLIN
                let told = self.pollAnswer ?? ready | (self.events.isEmpty ? 0 : POLLPRI)
                entries[0].revents = Int16(told)
                return told == 0 ? 0 : 1
            },
            map: { _, count, offset in
                guard !self.failsNow() else { return nil }
                self.mappings.insert(self.memory[offset])
                return self.memory[offset]
            },
            unmap: { pointer, _ in
                precondition(self.mappings.remove(pointer) != nil, "unmapped twice")
            })
    }

    deinit { for block in memory { block.deallocate() } }

    private func failsNow() -> Bool {
        callCount += 1
        if callCount == failingCall { errno = EIO }
        return callCount == failingCall
    }

    private static let bufferSize = 4096

    private func answer(_ request: UInt, _ argument: UnsafeMutableRawPointer) -> Int32 {
        switch request {
        case lm_vidioc_querycap:
            argument.assumingMemoryBound(to: v4l2_capability.self).pointee.capabilities = UInt32(flags)
        case lm_vidioc_enum_fmt:
            let entry = argument.assumingMemoryBound(to: v4l2_fmtdesc.self)
            if entry.pointee.index > 0, !isEndless { return EINVAL }
            entry.pointee.pixelformat = code.rawValue
        case lm_vidioc_enum_framesizes: return answerSizes(argument.assumingMemoryBound(to: v4l2_frmsizeenum.self))
        case lm_vidioc_enum_frameintervals:
            let entry = argument.assumingMemoryBound(to: v4l2_frmivalenum.self)
            if !hasRates || entry.pointee.index > 0 && !isEndless { return EINVAL }
            entry.pointee.type = V4L2_FRMIVAL_TYPE_DISCRETE.rawValue
            entry.pointee.discrete = v4l2_fract(numerator: 1, denominator: 30)
        case lm_vidioc_g_fmt, lm_vidioc_s_fmt:
            let format = argument.assumingMemoryBound(to: v4l2_format.self)
            format.pointee.fmt.pix.width = UInt32(size.width)
            format.pointee.fmt.pix.height = UInt32(size.height)
            format.pointee.fmt.pix.pixelformat = (insistsOn ?? code).rawValue
            format.pointee.fmt.pix.bytesperline = UInt32(bytesPerRow)
            format.pointee.fmt.pix.quantization = quantization
        case lm_vidioc_g_parm, lm_vidioc_s_parm: if !hasRates { return ENOTTY }
        case lm_vidioc_reqbufs, lm_vidioc_querybuf, lm_vidioc_qbuf, lm_vidioc_dqbuf:
            return answerBuffers(request, argument)
        case lm_vidioc_streamon: isStreaming = true
        case lm_vidioc_streamoff: isStreaming = false
        case lm_vidioc_subscribe_event: break
        case lm_vidioc_dqevent:
            if events.isEmpty { return ENOENT }
            argument.assumingMemoryBound(to: v4l2_event.self).pointee.type = events.removeFirst()
        default: return ENOTTY
        }
        return 0
    }

    private func answerSizes(_ entry: UnsafeMutablePointer<v4l2_frmsizeenum>) -> Int32 {
        if entry.pointee.index > 0, !isEndless { return EINVAL }
        if let stepwise {
            entry.pointee.type = V4L2_FRMSIZE_TYPE_STEPWISE.rawValue
            entry.pointee.stepwise = stepwise
        } else {
            entry.pointee.type = V4L2_FRMSIZE_TYPE_DISCRETE.rawValue
            entry.pointee.discrete = v4l2_frmsize_discrete(width: UInt32(size.width), height: UInt32(size.height))
        }
        return 0
    }

    private func answerBuffers(_ request: UInt, _ argument: UnsafeMutableRawPointer) -> Int32 {
        let buffer = argument.assumingMemoryBound(to: v4l2_buffer.self)
        switch request {
        case lm_vidioc_reqbufs:
            let wanted = argument.assumingMemoryBound(to: v4l2_requestbuffers.self)
            wanted.pointee.count = min(wanted.pointee.count, mostBuffers)
            for block in memory { block.deallocate() }
            queued = []
            memory = (0..<wanted.pointee.count).map { _ in .allocate(byteCount: Self.bufferSize, alignment: 8) }
        case lm_vidioc_querybuf:
            buffer.pointee.length = UInt32(Self.bufferSize)
            buffer.pointee.m.offset = buffer.pointee.index
        case lm_vidioc_qbuf: queued.append(buffer.pointee.index)
        default:
            guard !deliveries.isEmpty, !queued.isEmpty else { return EAGAIN }
            let (delivery, index) = (deliveries.removeFirst(), queued.removeFirst())
            delivery.bytes.withUnsafeBytes { memory[Int(index)].copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            buffer.pointee.index = delivery.index ?? index
            buffer.pointee.bytesused = UInt32(delivery.bytes.count)
            buffer.pointee.flags = UInt32(delivery.flags)
            buffer.pointee.sequence = delivery.sequence
            let now = monotonicSeconds()
            buffer.pointee.timestamp = timeval(
                tv_sec: Int(now), tv_usec: Int(now.truncatingRemainder(dividingBy: 1) * 1e6))
        }
        return 0
    }
}
