#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Photometric changes of crops. A plane is side × side floats in rows without padding, nominally −1…1; three planes
// (Y, Cb, Cr) of a crop lie one after the other. Work in place. No alignment is needed, nothing may overlap.
// Each kernel has a plain twin, `_ref`, with the same arguments: the definition.

/// planes[c·n + i] = pixels[3·i + c]: interleaved [n, 3] to three planes.
void lm_split_planes(float *planes, const float *pixels, size_t n);
void lm_split_planes_ref(float *planes, const float *pixels, size_t n);

/// pixels[3·i + c] = planes[c·n + i], held to −1…1.
void lm_join_planes(float *pixels, const float *planes, size_t n);
void lm_join_planes_ref(float *pixels, const float *planes, size_t n);

/// x = x·gain + bias.
void lm_scale_plane(float *x, size_t n, float gain, float bias);
void lm_scale_plane_ref(float *x, size_t n, float gain, float bias);

/// x += a·y.
void lm_mix_plane(float *x, const float *y, size_t n, float a);
void lm_mix_plane_ref(float *x, const float *y, size_t n, float a);

/// (x + 1) · (1 + across·u + down·v) − 1, where u, v run from −1 to 1 over the columns and rows: light from one side.
void lm_shade_plane(float *x, int side, float across, float down);
void lm_shade_plane_ref(float *x, int side, float across, float down);

/// x = curve at (x + 1)/2, held to 0…1, linear between the `count` entries, which span 0…1.
void lm_curve_plane(float *x, size_t n, const float *curve, int count);
void lm_curve_plane_ref(float *x, size_t n, const float *curve, int count);

/// x += amplitude · noise. Noise: sum of the four bytes of a random word, made to mean 0 and variance 1 (nearly normal,
/// within ±3.45); words by 16 xorshift32 generators seeded from `seed`, the same on any CPU.
void lm_noise_plane(float *x, size_t n, float amplitude, uint64_t seed);
void lm_noise_plane_ref(float *x, size_t n, float amplitude, uint64_t seed);

/// Symmetric separable filter: taps[0] in the middle … taps[radius], radius < 32; edges are continued.
/// `scratch`: side² + side + 64 floats.
void lm_blur_plane(float *x, int side, const float *taps, int radius, float *scratch);
void lm_blur_plane_ref(float *x, int side, const float *taps, int radius, float *scratch);

/// x(i, j) = Σ weights[k] · x(i + across[k], j + down[k]), |across|, |down| ≤ reach ≤ 16; edges are continued.
/// `scratch`: (side + 32)² floats.
void lm_filter_plane(float *x, int side, const int *across, const int *down, const float *weights, int count, int reach,
                     float *scratch);
void lm_filter_plane_ref(float *x, int side, const int *across, const int *down, const float *weights, int count,
                         int reach, float *scratch);

/// Bilinear enlargement of small² to side², small ≤ side; pixel centres at (i + 0.5)/side; edges are continued. Not in place.
/// `scratch`: 3·side floats.
void lm_enlarge_plane(float *out, int side, const float *in, int small, float *scratch);
void lm_enlarge_plane_ref(float *out, int side, const float *in, int small, float *scratch);

/// What JPEG and its like do: 8×8 cosine transform of 127.5·x, coefficients rounded to multiples of `steps[64]` (row
/// after row), and back. The blocks' grid starts at (−left, −top), 0…7; blocks that reach over an edge continue it.
void lm_compress_plane(float *x, int side, const float *steps, int left, int top);
void lm_compress_plane_ref(float *x, int side, const float *steps, int left, int top);

/// A convex occluder in pixels: inside where every edge has nx·(i − cx) + ny·(j − cy) ≤ reach; with no edges, the ellipse
/// whose half axes are `half`, turned by the angle with `cosine` and `sine`.
typedef struct lm_occluder {
    float cx, cy, half[2], cosine, sine;
    int edges;
    float normal_x[8], normal_y[8], reach[8];
    float color[3], grain;  // grain: amplitude of the noise in Y
    uint64_t seed;
} lm_occluder;

/// Covers the three planes by the occluder, in its colour, or by the same pixels of the three planes `texture`.
void lm_occlude_planes(float *planes, int side, const lm_occluder *occluder, const float *texture);
void lm_occlude_planes_ref(float *planes, int side, const lm_occluder *occluder, const float *texture);

/// Lays the three planes `texture` over the planes, through a mask with soft edges. u = map[0]·i + map[1]·j + map[2] and v = map[3]·i +
/// map[4]·j + map[5] are −1…1 inside the mask; its opacity is (1 − q)/feather, held to 0…1, where q is max(u², v²) for corners 0,
/// u⁴ + v⁴ for corners 1, u² + v² for corners 2.
void lm_paste_planes(float *planes, int side, const float *texture, const float map[6], int corners, float feather);
void lm_paste_planes_ref(float *planes, int side, const float *texture, const float map[6], int corners, float feather);

#ifdef __cplusplus
}
#endif
