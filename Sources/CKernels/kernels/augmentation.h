/* Photometric changes of crops, compiled for each level. */
#include <string.h>

#include "../augmentation_noise.h"
#include "../include/lm_augment.h"

static void KERNEL(split_planes)(float *restrict planes, const float *restrict pixels, size_t n) {
    float *restrict y = planes, *restrict cb = planes + n, *restrict cr = planes + 2 * n;
    for (size_t i = 0; i < n; i++) {
        y[i] = pixels[3 * i];
        cb[i] = pixels[3 * i + 1];
        cr[i] = pixels[3 * i + 2];
    }
}

INLINE float held(float v) { return v < -1 ? -1 : v > 1 ? 1 : v; }

static void KERNEL(join_planes)(float *restrict pixels, const float *restrict planes, size_t n) {
    const float *restrict y = planes, *restrict cb = planes + n, *restrict cr = planes + 2 * n;
    for (size_t i = 0; i < n; i++) {
        pixels[3 * i] = held(y[i]);
        pixels[3 * i + 1] = held(cb[i]);
        pixels[3 * i + 2] = held(cr[i]);
    }
}

static void KERNEL(scale_plane)(float *restrict x, size_t n, float gain, float bias) {
    for (size_t i = 0; i < n; i++) x[i] = x[i] * gain + bias;
}

static void KERNEL(mix_plane)(float *restrict x, const float *restrict y, size_t n, float a) {
    for (size_t i = 0; i < n; i++) x[i] += a * y[i];
}

static void KERNEL(shade_plane)(float *restrict x, int side, float across, float down) {
    float step = 2.0f / (float)side, first = 1.0f / (float)side - 1;
    for (int j = 0; j < side; j++) {
        float base = 1 + down * (first + step * (float)j);
        float *restrict row = x + (size_t)j * side;
        for (int i = 0; i < side; i++) row[i] = (row[i] + 1) * (base + across * (first + step * (float)i)) - 1;
    }
}

static void KERNEL(curve_plane)(float *restrict x, size_t n, const float *restrict curve, int count) {
    float span = (float)(count - 1);
    for (size_t i = 0; i < n; i++) {
        float p = (x[i] + 1) * 0.5f * span;
        p = p < 0 ? 0 : p > span ? span : p;
        int k = (int)p;
        k = k < count - 2 ? k : count - 2;
        x[i] = curve[k] + (p - (float)k) * (curve[k + 1] - curve[k]);
    }
}

static void KERNEL(noise_plane)(float *restrict x, size_t n, float amplitude, uint64_t seed) {
    uint32_t state[noise_lanes];
    seed_noise(state, seed);
    size_t i = 0;
    for (; i + noise_lanes <= n; i += noise_lanes)
        for (int k = 0; k < noise_lanes; k++) {
            state[k] = next_noise(state[k]);
            x[i + k] += amplitude * noise_value(state[k]);
        }
    for (int k = 0; i + k < n; k++) x[i + k] += amplitude * noise_value(next_noise(state[k]));
}

static void KERNEL(blur_plane)(float *restrict x, int side, const float *restrict taps, int radius,
                            float *restrict scratch) {
    float *restrict line = scratch + (size_t)side * side;
    for (int j = 0; j < side; j++) {
        const float *row = x + (size_t)j * side;
        float *restrict out = scratch + (size_t)j * side;
        for (int k = 0; k < radius; k++) line[k] = row[0], line[radius + side + k] = row[side - 1];
        memcpy(line + radius, row, (size_t)side * sizeof(float));
        for (int i = 0; i < side; i++) out[i] = taps[0] * line[radius + i];
        for (int k = 1; k <= radius; k++)
            for (int i = 0; i < side; i++) out[i] += taps[k] * (line[radius + i - k] + line[radius + i + k]);
    }
    for (int j = 0; j < side; j++) {
        float *restrict out = x + (size_t)j * side;
        const float *restrict middle = scratch + (size_t)j * side;
        for (int i = 0; i < side; i++) out[i] = taps[0] * middle[i];
        for (int k = 1; k <= radius; k++) {
            const float *restrict above = scratch + (size_t)(j - k < 0 ? 0 : j - k) * side;
            const float *restrict below = scratch + (size_t)(j + k >= side ? side - 1 : j + k) * side;
            for (int i = 0; i < side; i++) out[i] += taps[k] * (above[i] + below[i]);
        }
    }
}

static void KERNEL(filter_plane)(float *restrict x, int side, const int *across, const int *down, const float *weights,
                              int count, int reach, float *restrict scratch) {
    int wide = side + 2 * reach;
    for (int j = 0; j < wide; j++) {
        int from = j - reach < 0 ? 0 : j - reach >= side ? side - 1 : j - reach;
        const float *row = x + (size_t)from * side;
        float *restrict line = scratch + (size_t)j * wide;
        for (int k = 0; k < reach; k++) line[k] = row[0], line[reach + side + k] = row[side - 1];
        memcpy(line + reach, row, (size_t)side * sizeof(float));
    }
    for (int j = 0; j < side; j++) {
        float *restrict out = x + (size_t)j * side;
        for (int i = 0; i < side; i++) out[i] = 0;
        for (int k = 0; k < count; k++) {
            const float *restrict in = scratch + (size_t)(j + reach + down[k]) * wide + reach + across[k];
            float weight = weights[k];
            for (int i = 0; i < side; i++) out[i] += weight * in[i];
        }
    }
}

static void KERNEL(enlarge_plane)(float *restrict out, int side, const float *restrict in, int small,
                               float *restrict scratch) {
    int32_t *restrict left = (int32_t *)scratch;
    float *restrict weight = scratch + side, *restrict mixed = scratch + 2 * (size_t)side;
    float ratio = (float)small / (float)side, last = (float)(small - 1);
    for (int i = 0; i < side; i++) {
        float p = ((float)i + 0.5f) * ratio - 0.5f;
        p = p < 0 ? 0 : p > last ? last : p;
        int k = (int)p;
        left[i] = k;
        weight[i] = p - (float)k;
    }
    for (int j = 0; j < side; j++) {
        int below = left[j] + 1 < small ? left[j] + 1 : left[j];
        const float *restrict a = in + (size_t)left[j] * small, *restrict b = in + (size_t)below * small;
        float w = weight[j];
        for (int i = 0; i < small; i++) mixed[i] = a[i] + w * (b[i] - a[i]);
        float *restrict row = out + (size_t)j * side;
        for (int i = 0; i < side; i++) {
            int k = left[i];
            int next = k + 1 < small ? k + 1 : k;
            row[i] = mixed[k] + weight[i] * (mixed[next] - mixed[k]);
        }
    }
}

typedef float row8_t __attribute__((vector_size(32), aligned(4)));

/// cosines[k][i] = c(k)·cos((2i + 1)kπ/16), orthonormal.
static const float cosines[8][8] = {
    {0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f},
    {0.49039264f, 0.41573481f, 0.27778512f, 0.09754516f, -0.09754516f, -0.27778512f, -0.41573481f, -0.49039264f},
    {0.46193977f, 0.19134172f, -0.19134172f, -0.46193977f, -0.46193977f, -0.19134172f, 0.19134172f, 0.46193977f},
    {0.41573481f, -0.09754516f, -0.49039264f, -0.27778512f, 0.27778512f, 0.49039264f, 0.09754516f, -0.41573481f},
    {0.35355339f, -0.35355339f, -0.35355339f, 0.35355339f, 0.35355339f, -0.35355339f, -0.35355339f, 0.35355339f},
    {0.27778512f, -0.49039264f, 0.09754516f, 0.41573481f, -0.41573481f, -0.09754516f, 0.49039264f, -0.27778512f},
    {0.19134172f, -0.46193977f, 0.46193977f, -0.19134172f, -0.19134172f, 0.46193977f, -0.46193977f, 0.19134172f},
    {0.09754516f, -0.27778512f, 0.41573481f, -0.49039264f, 0.49039264f, -0.41573481f, 0.27778512f, -0.09754516f},
};

/// out = m·in for 8×8 matrices of rows; `transposed`: out = mᵀ·in.
INLINE void times(row8_t out[8], const row8_t in[8], int transposed) {
    for (int k = 0; k < 8; k++) {
        row8_t sum = (transposed ? cosines[0][k] : cosines[k][0]) * in[0];
        for (int i = 1; i < 8; i++) sum += (transposed ? cosines[i][k] : cosines[k][i]) * in[i];
        out[k] = sum;
    }
}

INLINE void turn(row8_t out[8], const row8_t in[8]) {
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) out[i][j] = in[j][i];
}

static void KERNEL(compress_plane)(float *restrict x, int side, const float *restrict steps, int left, int top) {
    float inverse[64], turned[64];
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            turned[8 * i + j] = steps[8 * j + i];
            inverse[8 * i + j] = 1 / steps[8 * j + i];
        }
    const float magic = 12582912.0f;  // 1.5·2²³: adding and subtracting it rounds to a whole number
    for (int y = -top; y < side; y += 8)
        for (int x0 = -left; x0 < side; x0 += 8) {
            row8_t block[8], other[8];
            int inside = x0 >= 0 && y >= 0 && x0 + 8 <= side && y + 8 <= side;
            for (int j = 0; j < 8; j++) {
                int row = y + j < 0 ? 0 : y + j >= side ? side - 1 : y + j;
                const float *from = x + (size_t)row * side;
                if (inside) {
                    block[j] = *(const row8_t *)(from + x0) * 127.5f;
                    continue;
                }
                for (int i = 0; i < 8; i++)
                    block[j][i] = 127.5f * from[x0 + i < 0 ? 0 : x0 + i >= side ? side - 1 : x0 + i];
            }
            times(other, block, 0);
            turn(block, other);
            times(other, block, 0);  // coefficients, transposed
            for (int k = 0; k < 8; k++) {
                row8_t q = other[k] * *(const row8_t *)(inverse + 8 * k);
                other[k] = ((q + magic) - magic) * *(const row8_t *)(turned + 8 * k);
            }
            times(block, other, 1);
            turn(other, block);
            times(block, other, 1);
            for (int j = 0; j < 8; j++) {
                if (y + j < 0 || y + j >= side) continue;
                float *to = x + (size_t)(y + j) * side;
                row8_t values = block[j] * (1 / 127.5f);
                if (inside) {
                    *(row8_t *)(to + x0) = values;
                    continue;
                }
                for (int i = 0; i < 8; i++)
                    if (x0 + i >= 0 && x0 + i < side) to[x0 + i] = values[i];
            }
        }
}

/// Pixels of row j that the occluder covers, [first, end): convex, so they are a run.
INLINE void covered_run(const lm_occluder *o, int side, int j, int *first, int *end) {
    float low = 0, high = (float)side - 1, dy = (float)j - o->cy;
    if (o->edges == 0) {
        // |u|² + |v|² ≤ 1 is a quadratic in dx.
        float a = o->cosine / o->half[0], b = dy * o->sine / o->half[0];
        float c = -o->sine / o->half[1], d = dy * o->cosine / o->half[1];
        float p = a * a + c * c, q = a * b + c * d, r = b * b + d * d - 1, under = q * q - p * r;
        if (under < 0) {
            *first = *end = 0;
            return;
        }
        float root = sqrtf(under);
        low = fmaxf(low, o->cx + (-q - root) / p);
        high = fminf(high, o->cx + (-q + root) / p);
    } else {
        for (int e = 0; e < o->edges; e++) {
            float n = o->normal_x[e], rest = o->reach[e] - o->normal_y[e] * dy;
            if (n > 1e-6f)
                high = fminf(high, o->cx + rest / n);
            else if (n < -1e-6f)
                low = fmaxf(low, o->cx + rest / n);
            else if (rest < 0)
                high = -1;
        }
    }
    *first = high < low ? 0 : (int)ceilf(low);
    *end = high < low ? 0 : (int)floorf(high) + 1;
}

static void KERNEL(occlude_planes)(float *restrict planes, int side, const lm_occluder *o, const float *restrict texture) {
    size_t n = (size_t)side * side;
    for (int j = 0; j < side; j++) {
        int first, end;
        covered_run(o, side, j, &first, &end);
        for (int c = 0; c < 3 && first < end; c++) {
            float *restrict row = planes + c * n + (size_t)j * side;
            if (texture)
                memcpy(row + first, texture + c * n + (size_t)j * side + first, (size_t)(end - first) * sizeof(float));
            else
                for (int i = first; i < end; i++) row[i] = o->color[c];
        }
        if (texture) continue;
        float *row = planes + (size_t)j * side;
        uint32_t state[noise_lanes];
        seed_noise(state, o->seed + (uint64_t)j);
        for (int i = first; i < end; i++) {
            uint32_t *s = &state[i % noise_lanes];
            *s = next_noise(*s);
            row[i] += o->grain * noise_value(*s);
        }
    }
}

INLINE void paste_rows(float *restrict planes, int side, const float *restrict texture, const float map[6], int corners,
                       float gain) {
    size_t n = (size_t)side * side;
    for (int j = 0; j < side; j++) {
        float u0 = map[1] * (float)j + map[2], v0 = map[4] * (float)j + map[5];
        float *restrict to = planes + (size_t)j * side;
        const float *restrict from = texture + (size_t)j * side;
        for (int i = 0; i < side; i++) {
            float u = map[0] * (float)i + u0, v = map[3] * (float)i + v0;
            float uu = u * u, vv = v * v;
            float q = corners == 0 ? (uu > vv ? uu : vv) : corners == 1 ? uu * uu + vv * vv : uu + vv;
            float share = (1 - q) * gain;
            share = share < 0 ? 0 : share > 1 ? 1 : share;
            to[i] += share * (from[i] - to[i]);
            to[n + i] += share * (from[n + i] - to[n + i]);
            to[2 * n + i] += share * (from[2 * n + i] - to[2 * n + i]);
        }
    }
}

static void KERNEL(paste_planes)(float *planes, int side, const float *texture, const float map[6], int corners,
                              float feather) {
    // Each call is compiled for its corners alone.
    if (corners == 0)
        paste_rows(planes, side, texture, map, 0, 1 / feather);
    else if (corners == 1)
        paste_rows(planes, side, texture, map, 1, 1 / feather);
    else
        paste_rows(planes, side, texture, map, 2, 1 / feather);
}

