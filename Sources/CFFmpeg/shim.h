#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

/* Constants whose macros Swift cannot import. */
static const int32_t lm_averror_eof = AVERROR_EOF;
static const int32_t lm_averror_eagain = AVERROR(EAGAIN);
static const int32_t lm_averror_invalid_data = AVERROR_INVALIDDATA;
static const int32_t lm_averror_exit = AVERROR_EXIT;
static const int32_t lm_averror_unauthorized = AVERROR_HTTP_UNAUTHORIZED;
static const int32_t lm_averror_forbidden = AVERROR_HTTP_FORBIDDEN;
static const int32_t lm_averror_not_found = AVERROR_HTTP_NOT_FOUND;
static const int64_t lm_av_nopts = AV_NOPTS_VALUE;

/* Fixed arrays, which Swift sees as tuples, by index. */
static inline uint8_t *lm_frame_data(const AVFrame *frame, int plane) { return frame->data[plane]; }
static inline int lm_frame_stride(const AVFrame *frame, int plane) { return frame->linesize[plane]; }
static inline void lm_frame_set_plane(AVFrame *frame, int plane, const void *data, int stride) {
    frame->data[plane] = (uint8_t *)data;
    frame->linesize[plane] = stride;
}
static inline AVComponentDescriptor lm_component(const AVPixFmtDescriptor *format, int index) {
    return format->comp[index];
}

/* What moved or got a new name between FFmpeg 5.1 (Debian 12) and 7.1 (Debian 13). */
static inline int64_t lm_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}
static inline const int32_t *lm_stream_display_matrix(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return data && data->size >= 36 ? (const int32_t *)data->data : 0;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 36 ? (const int32_t *)data : 0;
#endif
}
static inline const int32_t *lm_frame_display_matrix(const AVFrame *frame) {
    const AVFrameSideData *data = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return data && data->size >= 36 ? (const int32_t *)data->data : 0;
}
/* Gives the stream a display matrix of 9 numbers; nonzero where memory lacks. */
static inline int lm_stream_set_display_matrix(AVStream *stream, const int32_t *matrix) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    AVPacketSideData *data = av_packet_side_data_new(
        &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX, 36, 0);
    uint8_t *bytes = data ? data->data : 0;
#else
    uint8_t *bytes = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36);
#endif
    if (!bytes) return 1;
    __builtin_memcpy(bytes, matrix, 36);
    return 0;
}
