/* All kernels for one instruction set. The including file sets VL (floats a vector) and KERNEL(name). */
#include <math.h>
#include <stddef.h>
#include "../include/lm_kernels.h"
#include "tables.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define GEMM_DEPTH 512

typedef float vf __attribute__((vector_size(VL * 4), aligned(4)));
#define LOAD(P) (*(const vf *)(P))
#define STORE(P, V) (*(vf *)(P) = (V))

/* Subtracting 0 changes nothing and costs nothing; adding it would. */
INLINE vf splat(float x) { return x - (vf){0}; }
INLINE float clamp(float x, float low, float high) { return x < low ? low : x > high ? high : x; }
INLINE float hard_swish(float x) { return x * clamp(x + 3, 0, 6) * (1.f / 6); }
INLINE float hard_swish_slope(float x) { return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) * (1.f / 6); }

typedef int vi __attribute__((vector_size(VL * 4), aligned(4)));
/* a where the mask is set, b elsewhere. */
INLINE vf KERNEL(where)(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }

INLINE vf KERNEL(hard_swish)(vf x) {
    const vf t = __builtin_elementwise_min(__builtin_elementwise_max(x + 3, splat(0)), splat(6));
    return x * t * (1.f / 6);
}
INLINE vf KERNEL(hard_swish_slope)(vf x) {
    const vf slope = KERNEL(where)(x > splat(-3), (x + x + 3) * (1.f / 6), splat(0));
    return KERNEL(where)(x < splat(3), slope, splat(1));
}

/* exp(x) for x <= 0, relative error below 3e-7: 2^n * polynomial on [-ln2/2, ln2/2] (Cephes' expf coefficients). Vectorises. */
INLINE float exponential(float x) {
    x = x < -87 ? -87 : x;
    const float n = __builtin_rintf(x * 1.44269504f);
    const float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1;
    union { int i; float f; } power = {.i = ((int)n + 127) << 23};
    return p * power.f;
}

#include "gemm.h"
#include "elementwise.h"
#include "depthwise.h"
#include "heatmaps.h"
#include "product.h"
#include "augmentation.h"
#include "crop_sampling.h"

const struct lm_table KERNEL(table) = {
#define ENTRY(RESULT, NAME, PARAMETERS, ARGUMENTS) .NAME = KERNEL(NAME),
#include "../include/lm_entries.h"
#undef ENTRY
};
