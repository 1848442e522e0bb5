#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One plane: `width` × `height` samples of one byte (`wide` 0) or two (`wide` 1, native order), at any strides (bytes).
typedef struct lm_plane {
    const void *base;
    ptrdiff_t row_stride, sample_stride;
    int width, height, wide;
} lm_plane;

/// A picture as stored. Scaled samples are Y = (v − luma_black) · luma_gain − 1 and C = (v − chroma_neutral) ·
/// chroma_gain. `blue.base` null: grey, Cb = Cr = 0. The shifts are log2 of the chroma subsampling; chroma samples lie
/// in the middle of the luma samples that they stand for.
typedef struct lm_crop_source {
    lm_plane luma, blue, red;
    int shift_x, shift_y;
    float luma_black, luma_gain, chroma_neutral, chroma_gain;
} lm_crop_source;

/// Samples `width` × `height` pixels to `out` [height, width, 3] (Y, Cb, Cr). The pixel in column i of row j lies at
/// x = map[0]·i + map[1]·j + map[2], y = map[3]·i + map[4]·j + map[5] of the stored luma plane, where an integer is the
/// centre of a pixel. Where the map shrinks, the picture is first averaged over boxes of `lm_crop_factor` pixels
/// squared, of which the needed ones only are made; then bilinear. Outside the picture: −1, 0, 0.
/// `scratch`: `lm_crop_scratch_bytes` bytes for the longer side, 64-byte aligned, overwritten. `out` needs no alignment.
void lm_crop_sample(
    float *out, int width, int height, const lm_crop_source *source, const double map[6], void *scratch);

/// The definition: the same values, each pixel by itself, without scratch.
void lm_crop_sample_ref(
    float *out, int width, int height, const lm_crop_source *source, const double map[6]);

/// Box side of the area filter: 1 where the map shrinks up to 1.5-fold; else the nearest whole number, so that what is
/// left to shrink is 0.8 to 1.25.
int lm_crop_factor(const double map[6]);

/// Scratch that `lm_crop_sample` needs for this side and pictures at most `width` wide.
size_t lm_crop_scratch_bytes(int side, int width);

#ifdef __cplusplus
}
#endif
