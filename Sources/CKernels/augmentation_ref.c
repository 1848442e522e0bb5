#include <math.h>
#include <string.h>

#include "augmentation_noise.h"
#include "include/lm_augment.h"

// Plain twins: what the kernels of augmentation.c mean, written to be read.

static int clamp(int v, int low, int high) { return v < low ? low : v > high ? high : v; }

void lm_split_planes_ref(float *planes, const float *pixels, size_t n) {
    for (size_t i = 0; i < 3 * n; i++) planes[i % 3 * n + i / 3] = pixels[i];
}

void lm_join_planes_ref(float *pixels, const float *planes, size_t n) {
    for (size_t i = 0; i < 3 * n; i++) pixels[i] = fmaxf(-1, fminf(1, planes[i % 3 * n + i / 3]));
}

void lm_scale_plane_ref(float *x, size_t n, float gain, float bias) {
    for (size_t i = 0; i < n; i++) x[i] = x[i] * gain + bias;
}

void lm_mix_plane_ref(float *x, const float *y, size_t n, float a) {
    for (size_t i = 0; i < n; i++) x[i] += a * y[i];
}

void lm_shade_plane_ref(float *x, int side, float across, float down) {
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            double u = (2 * i + 1.0) / side - 1, v = (2 * j + 1.0) / side - 1;
            float *at = x + j * side + i;
            *at = (float)((*at + 1.0) * (1 + across * u + down * v) - 1);
        }
}

void lm_curve_plane_ref(float *x, size_t n, const float *curve, int count) {
    for (size_t i = 0; i < n; i++) {
        double p = fmax(0, fmin(1, (x[i] + 1.0) / 2)) * (count - 1);
        int k = clamp((int)floor(p), 0, count - 2);
        x[i] = (float)(curve[k] + (p - k) * (curve[k + 1] - curve[k]));
    }
}

void lm_noise_plane_ref(float *x, size_t n, float amplitude, uint64_t seed) {
    uint32_t state[noise_lanes];
    seed_noise(state, seed);
    for (size_t i = 0; i < n; i++) {
        uint32_t *s = &state[i % noise_lanes];
        *s = next_noise(*s);
        x[i] += amplitude * noise_value(*s);
    }
}

void lm_blur_plane_ref(float *x, int side, const float *taps, int radius, float *scratch) {
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            double sum = 0;
            for (int b = -radius; b <= radius; b++)
                for (int a = -radius; a <= radius; a++)
                    sum += (double)taps[a < 0 ? -a : a] * taps[b < 0 ? -b : b] *
                           x[clamp(j + b, 0, side - 1) * side + clamp(i + a, 0, side - 1)];
            scratch[j * side + i] = (float)sum;
        }
    memcpy(x, scratch, (size_t)side * side * sizeof(float));
}

void lm_filter_plane_ref(float *x, int side, const int *across, const int *down, const float *weights, int count,
                         int reach, float *scratch) {
    (void)reach;
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            double sum = 0;
            for (int k = 0; k < count; k++)
                sum += (double)weights[k] *
                       x[clamp(j + down[k], 0, side - 1) * side + clamp(i + across[k], 0, side - 1)];
            scratch[j * side + i] = (float)sum;
        }
    memcpy(x, scratch, (size_t)side * side * sizeof(float));
}

void lm_enlarge_plane_ref(float *out, int side, const float *in, int small, float *scratch) {
    (void)scratch;
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            double x = (i + 0.5) * small / side - 0.5, y = (j + 0.5) * small / side - 0.5, sum = 0;
            double fx = x - floor(x), fy = y - floor(y);
            for (int n = 0; n < 4; n++) {
                int a = clamp((int)floor(x) + (n & 1), 0, small - 1), b = clamp((int)floor(y) + (n >> 1), 0, small - 1);
                sum += (n & 1 ? fx : 1 - fx) * (n >> 1 ? fy : 1 - fy) * in[b * small + a];
            }
            out[j * side + i] = (float)sum;
        }
}

static double cosine(int k, int i) {
    return (k ? 0.5 : sqrt(0.125)) * cos((2 * i + 1) * k * 3.14159265358979323846 / 16);
}

void lm_compress_plane_ref(float *x, int side, const float *steps, int left, int top) {
    for (int y0 = -top; y0 < side; y0 += 8)
        for (int x0 = -left; x0 < side; x0 += 8) {
            double block[8][8], levels[8][8];
            for (int j = 0; j < 8; j++)
                for (int i = 0; i < 8; i++)
                    block[j][i] = 127.5 * x[clamp(y0 + j, 0, side - 1) * side + clamp(x0 + i, 0, side - 1)];
            for (int v = 0; v < 8; v++)
                for (int u = 0; u < 8; u++) {
                    double sum = 0;
                    for (int n = 0; n < 64; n++) sum += cosine(v, n / 8) * cosine(u, n % 8) * block[n / 8][n % 8];
                    levels[v][u] = nearbyint(sum / steps[8 * v + u]) * steps[8 * v + u];
                }
            for (int j = 0; j < 8; j++)
                for (int i = 0; i < 8; i++) {
                    double sum = 0;
                    for (int n = 0; n < 64; n++) sum += cosine(n / 8, j) * cosine(n % 8, i) * levels[n / 8][n % 8];
                    if (y0 + j >= 0 && y0 + j < side && x0 + i >= 0 && x0 + i < side)
                        x[(y0 + j) * side + x0 + i] = (float)(sum / 127.5);
                }
        }
}

static int covers(const lm_occluder *o, float x, float y) {
    float dx = x - o->cx, dy = y - o->cy;
    if (o->edges == 0) {
        float u = (dx * o->cosine + dy * o->sine) / o->half[0], v = (dy * o->cosine - dx * o->sine) / o->half[1];
        return u * u + v * v <= 1;
    }
    for (int e = 0; e < o->edges; e++)
        if (o->normal_x[e] * dx + o->normal_y[e] * dy > o->reach[e]) return 0;
    return 1;
}

void lm_occlude_planes_ref(float *planes, int side, const lm_occluder *o, const float *texture) {
    int n = side * side;
    for (int j = 0; j < side; j++) {
        uint32_t state[noise_lanes];
        seed_noise(state, o->seed + (uint64_t)j);
        for (int i = 0; i < side; i++) {
            if (!covers(o, (float)i, (float)j)) continue;
            for (int c = 0; c < 3; c++)
                planes[c * n + j * side + i] = texture ? texture[c * n + j * side + i] : o->color[c];
            if (texture) continue;
            uint32_t *s = &state[i % noise_lanes];
            *s = next_noise(*s);
            planes[j * side + i] += o->grain * noise_value(*s);
        }
    }
}

void lm_paste_planes_ref(float *planes, int side, const float *texture, const float map[6], int corners, float feather) {
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            double u = (double)map[0] * i + (double)map[1] * j + map[2], v = (double)map[3] * i + (double)map[4] * j + map[5];
            double q = corners == 0 ? fmax(u * u, v * v) : corners == 1 ? u * u * u * u + v * v * v * v : u * u + v * v;
            double share = fmin(1, fmax(0, (1 - q) / feather));
            for (int c = 0; c < 3; c++) {
                size_t at = (size_t)c * side * side + (size_t)j * side + i;
                planes[at] = (float)(share * texture[at] + (1 - share) * planes[at]);
            }
        }
}
