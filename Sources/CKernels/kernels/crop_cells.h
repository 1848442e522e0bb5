#pragma once
/* Cells of the crop sampler, as both its twins count them. */
#include "../include/lm_crop.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef INLINE
#define INLINE static inline __attribute__((always_inline))
#endif

// A cell is the mean of factor × factor luma samples and the chroma that belongs there. Cells of the region that the
// crop touches lie in scratch as four floats: Y + 1, Cb, Cr, 0, so that outside the picture all are 0.
typedef float row4_t __attribute__((vector_size(16), aligned(4)));
typedef float pair_t __attribute__((vector_size(32), aligned(4)));

enum { cell_floats = 4 };

/// Numbers, and such that a region stays within its limit: no crop shrinks a million-fold or lies so far away.
INLINE int is_usable(const double map[6]) {
    for (int i = 0; i < 6; i++)
        if (!(fabs(map[i]) < 1e6)) return 0;
    return 1;
}

// Cells of a region are at most 1.5 per crop pixel along the crop's diagonal.
INLINE size_t region_limit(int side) { return (size_t)(side * 1.5 * 1.42) + 8; }

/// How chroma cells of `group` samples meet luma cells of `factor` samples along one axis.
typedef struct axis_t {
    int factor, group, aligned, count;  // count: chroma cells inside the picture
    double step, start;                 // position of luma cell i in chroma cells: i · step + start
} axis_t;

INLINE axis_t make_axis(int factor, int shift, int samples) {
    axis_t a;
    a.factor = factor;
    a.aligned = factor % (1 << shift) == 0;
    a.group = factor >> shift > 0 ? factor >> shift : 1;
    a.count = (samples + a.group - 1) / a.group;
    double sub = 1 << shift;
    a.step = factor / sub / a.group;
    a.start = (((factor - 1) * 0.5 + 0.5) / sub - 0.5 - (a.group - 1) * 0.5) / a.group;
    return a;
}

/// The two chroma cells around luma cell i and the second one's weight; at the picture's edge both are the same.
INLINE void neighbours(const axis_t *a, int i, int *k0, int *k1, float *weight) {
    if (a->aligned) {
        *k0 = *k1 = i;
        *weight = 0;
        return;
    }
    double p = i * a->step + a->start;
    double whole = floor(p);
    *weight = (float)(p - whole);
    int k = (int)whole;
    *k0 = k < 0 ? 0 : k >= a->count ? a->count - 1 : k;
    *k1 = k + 1 < 0 ? 0 : k + 1 >= a->count ? a->count - 1 : k + 1;
}

INLINE void fill_outside(float *out, int width, int height) {
    for (int i = 0; i < width * height * 3; i++) out[i] = i % 3 ? 0 : -1;
}
