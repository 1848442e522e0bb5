#!/bin/bash
# x264 with AVX-512: the same pictures, options and single thread do not always give the same bytes.
#
# Software: libx264 164 (r3095 baee400, Debian 12's 2:0.164.3095+gitbaee400-3) through libavcodec 59, on a processor with AVX-512.
# Behaviour: with its macroblock tree (on by default) and AVX-512, the quantiser of a picture's last macroblocks depends on memory that
#   nobody wrote. In a fresh process all runs agree; where other encoders ran before or beside it, some of the streams differ,
#   a few bytes in the first key frame, and so do the decoded pictures. Never with mbtree=0, asm=avx2, or malloc that fills memory.
# Likely guess: threads=1 without rate limits is deterministic, as x264 says of its deterministic mode; the caller's memory is at fault.
# Who meets it: caches keyed by content, reproducible builds, tests that compare encoded files.
# On a processor without AVX-512 both counts are 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/encode.c" <<'C'
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *tree;
static uint64_t reference;
static atomic_int different;

/* A smooth picture of 96x64 with a rectangle that becomes brighter. */
static void draw(uint8_t *pixels, int number) {
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 96; x++)
            *pixels++ = x >= 24 && x < 72 && y >= 16 && y < 48 ? 40 + 3 * number : 30 + 180 * x / 96;
    for (int plane = 1; plane < 3; plane++)
        for (int y = 0; y < 32; y++)
            for (int x = 0; x < 48; x++) *pixels++ = plane == 1 ? 90 + 80 * y / 32 : 170 - 80 * x / 48;
}

/* A hash of what comes of a few smooth pictures of this size. */
static uint64_t encode(int width, int height, int count) {
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    AVCodecContext *context = avcodec_alloc_context3(codec);
    context->width = width, context->height = height, context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->time_base = (AVRational){1, 25}, context->framerate = (AVRational){25, 1};
    context->thread_count = 1, context->max_b_frames = 2, context->gop_size = 50, context->flags |= AV_CODEC_FLAG_BITEXACT;
    av_opt_set(context->priv_data, "preset", "veryfast", 0);
    av_opt_set(context->priv_data, "crf", "20", 0);
    av_opt_set(context->priv_data, "mbtree", tree, 0);
    if (avcodec_open2(context, codec, 0) < 0) exit(1);
    uint64_t hash = 1469598103934665603ull;
    AVPacket *packet = av_packet_alloc();
    for (int number = 0; number <= count; number++) {
        AVFrame *frame = 0;
        uint8_t *pixels = 0;
        if (number < count) {
            frame = av_frame_alloc();
            frame->width = width, frame->height = height, frame->format = AV_PIX_FMT_YUV420P, frame->pts = number;
            pixels = aligned_alloc(64, (width * height * 3 / 2 + 127) / 64 * 64);
            memset(pixels, rand(), width * height * 3 / 2);
            if (width == 96) draw(pixels, number);
            frame->data[0] = pixels, frame->data[1] = pixels + width * height, frame->data[2] = pixels + width * height * 5 / 4;
            frame->linesize[0] = width, frame->linesize[1] = frame->linesize[2] = width / 2;
        }
        avcodec_send_frame(context, frame);
        while (avcodec_receive_packet(context, packet) == 0) {
            for (int i = 0; i < packet->size; i++) hash = (hash ^ packet->data[i]) * 1099511628211ull;
            av_packet_unref(packet);
        }
        av_frame_free(&frame);
        free(pixels);
    }
    av_packet_free(&packet);
    avcodec_free_context(&context);
    return hash;
}

static void *work(void *unused) {
    for (int round = 0; round < 500; round++) {
        if (encode(96, 64, 20) != reference) different++;
        if (round % 3 == 1) encode(640, 480, 2);
    }
    return unused;
}

int main(int count, char **arguments) {
    av_log_set_level(AV_LOG_QUIET);
    tree = arguments[1];
    reference = encode(96, 64, 20);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
    printf("mbtree=%s: %d of 2000 streams differ from the first\n", tree, atomic_load(&different));
    return 0;
}
C
gcc -O1 -o "$folder/encode" "$folder/encode.c" -lavcodec -lavutil -lpthread
"$folder/encode" 1
"$folder/encode" 0 | tee "$folder/without"
grep --quiet ': 0 of 2000' "$folder/without" || { echo "it differs without mbtree, too: not what was found" >&2; exit 1; }
