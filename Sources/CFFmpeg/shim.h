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
static const int64_t lm_av_nopts = AV_NOPTS_VALUE;
