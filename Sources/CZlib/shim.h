#pragma once
#include <zlib.h>

/* A gzip stream at zlib's usual level, without name or time, so that the same data give the same bytes. */
static inline int lm_gzip_begin(z_stream *stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

/* Reads a gzip stream. */
static inline int lm_gzip_read(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
