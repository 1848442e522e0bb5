import Base
import CFFmpeg

extension Frame {
    /// FFmpeg's name for the layout of 8-bit planes, and the planes it counts: planar, NV12 and YUYV alike.
    var ffmpegLayout: (format: AVPixelFormat, planes: [Plane])? {
        guard bitDepth == 8 else { return nil }
        guard let chroma else { return luma.sampleStride == 1 ? (AV_PIX_FMT_GRAY8, [luma]) : nil }
        switch (luma.sampleStride, chroma.cb.sampleStride) {
        case (1, 1): return planarFormat.map { ($0, [luma, chroma.cb, chroma.cr]) }
        case (1, 2) where chromaShift == (1, 1):
            let isCbFirst = chroma.cr.base == chroma.cb.base + 1
            return isCbFirst ? (AV_PIX_FMT_NV12, [luma, chroma.cb]) : (AV_PIX_FMT_NV21, [luma, chroma.cr])
        case (2, 4) where chromaShift == (1, 0):
            if chroma.cb.base == luma.base - 1 { return (AV_PIX_FMT_UYVY422, [chroma.cb]) }
            let isCbFirst = chroma.cb.base == luma.base + 1
            return (isCbFirst ? AV_PIX_FMT_YUYV422 : AV_PIX_FMT_YVYU422, [luma])
        default: return nil
        }
    }

    private var planarFormat: AVPixelFormat? {
        switch chromaShift {
        case (1, 1): AV_PIX_FMT_YUV420P
        case (1, 0): AV_PIX_FMT_YUV422P
        case (0, 1): AV_PIX_FMT_YUV440P
        case (0, 0): AV_PIX_FMT_YUV444P
        case (2, 0): AV_PIX_FMT_YUV411P
        case (2, 2): AV_PIX_FMT_YUV410P
        default: nil
        }
    }
}
