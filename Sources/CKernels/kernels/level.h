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

/* The larger and the smaller numbers; of x and NaN, or NaN and x, some levels give the second. The instructions by name: where NaN counts as
   missing, as in the built-in functions, each takes three. */
#if VL == 16
INLINE vf KERNEL(larger)(vf x, vf y) { return (vf)_mm512_max_ps((__m512)x, (__m512)y); }
INLINE vf KERNEL(smaller)(vf x, vf y) { return (vf)_mm512_min_ps((__m512)x, (__m512)y); }
#elif VL == 8
INLINE vf KERNEL(larger)(vf x, vf y) { return (vf)_mm256_max_ps((__m256)x, (__m256)y); }
INLINE vf KERNEL(smaller)(vf x, vf y) { return (vf)_mm256_min_ps((__m256)x, (__m256)y); }
#else
INLINE vf KERNEL(larger)(vf x, vf y) { return __builtin_elementwise_max(x, y); }
INLINE vf KERNEL(smaller)(vf x, vf y) { return __builtin_elementwise_min(x, y); }
#endif

INLINE vf KERNEL(hard_swish)(vf x) {
    return x * KERNEL(smaller)(KERNEL(larger)(x * (1.f / 6) + 0.5f, splat(0)), splat(1));
}
INLINE vf KERNEL(hard_swish_slope)(vf x) {
    const vf slope = KERNEL(where)(x > splat(-3), (x + x + 3) * (1.f / 6), splat(0));
    return KERNEL(where)(x < splat(3), slope, splat(1));
}

/* The first `lanes` numbers of a vector. */
INLINE vf KERNEL(load_lanes)(const float *x, int lanes) {
    if (lanes == VL) return LOAD(x);
    vf v = {0};
    for (int l = 0; l < lanes; l++) v[l] = x[l];
    return v;
}

INLINE void KERNEL(store_lanes)(float *y, vf v, int lanes) {
    if (lanes == VL)
        STORE(y, v);
    else
        for (int l = 0; l < lanes; l++) y[l] = v[l];
}

/* The same with what the level has for it. */
#if VL == 16
typedef __mmask16 lane_mask;
INLINE lane_mask KERNEL(mask_of)(int lanes) { return (lane_mask)((1u << lanes) - 1); }
INLINE vf KERNEL(load_masked)(const float *x, lane_mask mask) { return (vf)_mm512_maskz_loadu_ps(mask, x); }
INLINE void KERNEL(store_masked)(float *y, vf v, lane_mask mask) { _mm512_mask_storeu_ps(y, mask, (__m512)v); }
#elif VL == 8
typedef __m256i lane_mask;
INLINE lane_mask KERNEL(mask_of)(int lanes) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vf KERNEL(load_masked)(const float *x, lane_mask mask) { return (vf)_mm256_maskload_ps(x, mask); }
INLINE void KERNEL(store_masked)(float *y, vf v, lane_mask mask) { _mm256_maskstore_ps(y, mask, (__m256)v); }
#else
typedef int lane_mask;
INLINE lane_mask KERNEL(mask_of)(int lanes) { return lanes; }
INLINE vf KERNEL(load_masked)(const float *x, lane_mask mask) { return KERNEL(load_lanes)(x, mask); }
INLINE void KERNEL(store_masked)(float *y, vf v, lane_mask mask) { KERNEL(store_lanes)(y, v, mask); }
#endif

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
#include "product16.h"
#include "filter.h"
#include "augmentation.h"
#include "crop_sampling.h"

const struct lm_table KERNEL(table) = {
    .prefers_16_bits = VL > 4,
#define ENTRY(RESULT, NAME, PARAMETERS, ARGUMENTS) .NAME = KERNEL(NAME),
#include "../include/lm_entries.h"
#undef ENTRY
};
