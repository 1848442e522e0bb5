#pragma once
#include <stddef.h>
#include <stdint.h>

/* Drawing of textured triangles and of the finished picture, for synthetic clips.
 *
 * A canvas is [height, width, 4] floats: Y, Cb, Cr (0…255) and opacity (0…1), the first three multiplied by the
 * fourth. A texture is [height, width, 4] floats of the same kind. Pixel and texel centres lie at integers. */

typedef struct {
    float *pixels;
    int32_t width, height;
} lm_canvas;

typedef struct {
    const float *texels;
    int32_t width, height;
} lm_texture;

/* A corner of a triangle: where it is drawn, where it lies in the texture, and the factor on its light there. */
typedef struct {
    float x, y, u, v, gain;
} lm_vertex;

/* canvas += coverage · gain · texture (Y, and Cb and Cr around 128) for each triangle (three indices of `vertices`, either sense of rotation).
 * Coverage is counted in 16 points of a pixel, each of which belongs to exactly one of the triangles that share an
 * edge, so that a mesh without folds sums to 1. The texture is read bilinearly at pixel centres; beyond its edge lies
 * the edge. Pixels outside the canvas are skipped. Vertices must be finite and within ±1e5. */
void lm_draw_triangles(lm_canvas canvas, lm_texture texture, const lm_vertex *vertices, const int32_t *triangles,
                       size_t triangle_count);
/* The same, each point of each pixel by itself. */
void lm_draw_triangles_ref(lm_canvas canvas, lm_texture texture, const lm_vertex *vertices, const int32_t *triangles,
                           size_t triangle_count);

/* Lays `layer` over `canvas` inside the box x0 ≤ x < x1, y0 ≤ y < y1 and clears it there to 0.
 * Where folds summed to more than 1 the layer counts as opaque. Both are of one size; the box lies inside. */
void lm_lay_over(lm_canvas canvas, lm_canvas layer, int32_t x0, int32_t y0, int32_t x1, int32_t y1);

/* Planes of a 4:2:0 picture, rows without padding, from an opaque canvas: value · scale + offset, noise of a standard
 * deviation (in units of the stored samples) from `seed`, rounded and held within 0…255. */
typedef struct {
    uint8_t *y, *cb, *cr;
} lm_planes;
typedef struct {
    float luma_scale, luma_offset, chroma_scale; /* chroma is scaled around 128 */
    float luma_noise, chroma_noise;
    uint64_t seed;
} lm_sensor;
void lm_expose(lm_planes planes, lm_canvas canvas, lm_sensor sensor);
