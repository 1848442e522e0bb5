/* The crop sampler, compiled for each level. */
#include "crop_cells.h"

#define SUM_ROW(TYPE, STEP)                                                              \
    do {                                                                                 \
        const TYPE *q = (const TYPE *)at;                                                \
        if (first)                                                                       \
            for (int i = 0; i < n; i++) sums[i] = (float)q[(ptrdiff_t)i * (STEP)];       \
        else                                                                             \
            for (int i = 0; i < n; i++) sums[i] += (float)q[(ptrdiff_t)i * (STEP)];      \
        return;                                                                          \
    } while (0)

/// sums[i] (+)= sample x0 + i of row y.
INLINE void sum_row(float *restrict sums, const lm_plane *p, int x0, int y, int n, int first) {
    const uint8_t *at = (const uint8_t *)p->base + y * p->row_stride + x0 * p->sample_stride;
    if (!p->wide) {
        if (p->sample_stride == 1) SUM_ROW(uint8_t, 1);
        if (p->sample_stride == 2) SUM_ROW(uint8_t, 2);
        if (p->sample_stride == 4) SUM_ROW(uint8_t, 4);
        SUM_ROW(uint8_t, p->sample_stride);
    }
    if (p->sample_stride == 2) SUM_ROW(uint16_t, 1);
    SUM_ROW(uint16_t, p->sample_stride / 2);
}

/// out[i] = gain · (sum over the box's columns of sums) + bias.
INLINE void fold(float *restrict out, const float *restrict sums, int cells, int f, float gain, float bias) {
    switch (f) {
        case 1:
            for (int i = 0; i < cells; i++) out[i] = sums[i] * gain + bias;
            return;
        case 2:
            for (int i = 0; i < cells; i++) out[i] = (sums[2 * i] + sums[2 * i + 1]) * gain + bias;
            return;
        case 3:
            for (int i = 0; i < cells; i++)
                out[i] = (sums[3 * i] + sums[3 * i + 1] + sums[3 * i + 2]) * gain + bias;
            return;
        case 4:
            for (int i = 0; i < cells; i++)
                out[i] = ((sums[4 * i] + sums[4 * i + 1]) + (sums[4 * i + 2] + sums[4 * i + 3])) * gain + bias;
            return;
        default:
            for (int i = 0; i < cells; i++) {
                float sum = 0;
                for (int k = 0; k < f; k++) sum += sums[(ptrdiff_t)i * f + k];
                out[i] = sum * gain + bias;
            }
    }
}

/// Box means of row `cy` of cells, columns `c0` ..< `c1` (all inside or partly inside the picture).
INLINE void mean_row(float *restrict out, float *restrict sums, const lm_plane *p, int c0, int c1, int cy, int fx,
                     int fy, float offset, float gain) {
    int64_t top = (int64_t)cy * fy, bottom = top + fy < p->height ? top + fy : p->height;
    int64_t left = (int64_t)c0 * fx, right = (int64_t)c1 * fx < p->width ? (int64_t)c1 * fx : p->width;
    int n = (int)(right - left), rows = (int)(bottom - top);
    for (int y = 0; y < rows; y++) sum_row(sums, p, (int)left, (int)top + y, n, y == 0);
    float k = gain / ((float)fx * (float)fy);
    int whole = n / fx;
    fold(out, sums, whole, fx, k, -offset * k * (float)rows * (float)fx);
    if (whole < c1 - c0) {
        float sum = 0;
        for (int i = whole * fx; i < n; i++) sum += sums[i] - offset * (float)rows;
        out[whole] = sum * k;
    }
}

typedef struct scratch_t {
    float *cells, *luma, *blended[2], *chroma[2][2], *fraction_x, *fraction_y, *share, *sums;
    int32_t *offset, *before, *after;
} scratch_t;

INLINE scratch_t lay_scratch(void *memory, int side) {
    size_t limit = region_limit(side), line = 2 * limit;
    scratch_t t;
    float *at = memory;
    t.cells = at, at += limit * limit * cell_floats;
    t.luma = at, at += line;
    for (int c = 0; c < 2; c++) {
        t.blended[c] = at, at += line;
        for (int k = 0; k < 2; k++) t.chroma[c][k] = at, at += line;
    }
    t.offset = (int32_t *)at, at += side;
    t.fraction_x = at, at += side;
    t.fraction_y = at, at += side;
    t.before = (int32_t *)at, at += limit;
    t.after = (int32_t *)at, at += limit;
    t.share = at, at += limit;
    t.sums = at;
    return t;
}

/// Region of cells [x0, x1) × [y0, y1) and what of it lies in the picture, [u0, u1) × [v0, v1).
typedef struct region_t {
    int x0, y0, x1, y1, u0, v0, u1, v1;
} region_t;

INLINE int held_within(int v, int low, int high) { return v < low ? low : v > high ? high : v; }

INLINE region_t find_region(const lm_crop_source *s, int width, int height, const double m[6], int factor) {
    double e = width - 1, f = height - 1;
    double xs[4] = {m[2], m[2] + m[0] * e, m[2] + m[1] * f, m[2] + m[0] * e + m[1] * f};
    double ys[4] = {m[5], m[5] + m[3] * e, m[5] + m[4] * f, m[5] + m[3] * e + m[4] * f};
    double left = xs[0], right = xs[0], top = ys[0], bottom = ys[0];
    for (int i = 1; i < 4; i++) {
        left = fmin(left, xs[i]), right = fmax(right, xs[i]);
        top = fmin(top, ys[i]), bottom = fmax(bottom, ys[i]);
    }
    double half = (factor - 1) * 0.5;
    region_t r;
    r.x0 = (int)floor((left - half) / factor) - 1, r.x1 = (int)floor((right - half) / factor) + 3;
    r.y0 = (int)floor((top - half) / factor) - 1, r.y1 = (int)floor((bottom - half) / factor) + 3;
    int across = (s->luma.width + factor - 1) / factor, down = (s->luma.height + factor - 1) / factor;
    r.u0 = held_within(r.x0, 0, across), r.u1 = held_within(r.x1, r.u0, across);
    r.v0 = held_within(r.y0, 0, down), r.v1 = held_within(r.y1, r.v0, down);
    return r;
}

/// Chroma of one row of luma cells [u0, u1) into t->blended, through rows of chroma cells kept from call to call.
INLINE void chroma_row(const lm_crop_source *s, scratch_t *t, const axis_t *ax, const axis_t *ay, int u0, int u1, int v,
                       int kept[2]) {
    int k0, k1, first, last, unused;
    float wx, wy;
    neighbours(ay, v, &k0, &k1, &wy);
    neighbours(ax, u0, &first, &unused, &wx);
    neighbours(ax, u1 - 1, &unused, &last, &wx);
    int n = last + 1 - first;
    for (int k = k0; k <= k1; k++)
        if (kept[k & 1] != k) {
            kept[k & 1] = k;
            for (int c = 0; c < 2; c++)
                mean_row(t->chroma[c][k & 1], t->sums, c ? &s->red : &s->blue, first, last + 1, k, ax->group,
                         ay->group, s->chroma_neutral, s->chroma_gain);
        }
    for (int c = 0; c < 2; c++) {
        const float *restrict a = t->chroma[c][k0 & 1], *restrict b = t->chroma[c][k1 & 1];
        float *restrict out = t->blended[c];
        if (ax->aligned && k0 == k1) {
            memcpy(out, a, (size_t)n * sizeof(float));
            continue;
        }
        if (ax->aligned) {
            for (int i = 0; i < n; i++) out[i] = a[i] + wy * (b[i] - a[i]);
            continue;
        }
        float *restrict mixed = t->sums;  // free here: its sums are folded
        for (int i = 0; i < n; i++) mixed[i] = a[i] + wy * (b[i] - a[i]);
        const int32_t *restrict before = t->before, *restrict after = t->after;
        const float *restrict share = t->share;
        for (int i = 0; i < u1 - u0; i++) out[i] = mixed[before[i]] + share[i] * (mixed[after[i]] - mixed[before[i]]);
    }
}

/// Fills the region's cells.
INLINE void make_cells(const lm_crop_source *s, scratch_t *t, const region_t *r, int factor) {
    int width = r->x1 - r->x0, n = r->u1 - r->u0, kept[2] = {-1, -1};
    axis_t ax = make_axis(factor, s->shift_x, s->blue.width), ay = make_axis(factor, s->shift_y, s->blue.height);
    int grey = !s->blue.base;
    if (!grey && !ax.aligned) {
        int first, unused;
        float weight;
        neighbours(&ax, r->u0, &first, &unused, &weight);
        for (int i = 0; i < n; i++) {
            neighbours(&ax, r->u0 + i, &t->before[i], &t->after[i], &t->share[i]);
            t->before[i] -= first, t->after[i] -= first;
        }
    }
    for (int y = r->y0; y < r->y1; y++) {
        float *row = t->cells + (size_t)(y - r->y0) * width * cell_floats;
        if (y < r->v0 || y >= r->v1 || n == 0) {
            memset(row, 0, (size_t)width * cell_floats * sizeof(float));
            continue;
        }
        memset(row, 0, (size_t)(r->u0 - r->x0) * cell_floats * sizeof(float));
        memset(row + (r->u1 - r->x0) * cell_floats, 0, (size_t)(r->x1 - r->u1) * cell_floats * sizeof(float));
        mean_row(t->luma, t->sums, &s->luma, r->u0, r->u1, y, factor, factor, s->luma_black, s->luma_gain);
        float *restrict to = row + (r->u0 - r->x0) * cell_floats;
        const float *restrict luma = t->luma;
        if (grey) {
            for (int i = 0; i < n; i++) {
                to[4 * i] = luma[i];
                to[4 * i + 1] = to[4 * i + 2] = to[4 * i + 3] = 0;
            }
            continue;
        }
        chroma_row(s, t, &ax, &ay, r->u0, r->u1, y, kept);
        const float *restrict blue = t->blended[0], *restrict red = t->blended[1];
        for (int i = 0; i < n; i++) {
            to[4 * i] = luma[i];
            to[4 * i + 1] = blue[i];
            to[4 * i + 2] = red[i];
            to[4 * i + 3] = 0;
        }
    }
}

/// Bilinear from the region's cells.
INLINE void gather(float *restrict out, int columns, int rows, const double m[6], const scratch_t *t,
                   const region_t *r, int factor) {
    int width = r->x1 - r->x0;
    double half = (factor - 1) * 0.5, k = 1.0 / factor;
    float dx = (float)(m[0] * k), dy = (float)(m[3] * k);
    int32_t *restrict offset = t->offset;
    float *restrict fraction_x = t->fraction_x, *restrict fraction_y = t->fraction_y;
    for (int j = 0; j < rows; j++) {
        float x0 = (float)((m[1] * j + m[2] - half) * k - r->x0), y0 = (float)((m[4] * j + m[5] - half) * k - r->y0);
        for (int i = 0; i < columns; i++) {
            float x = x0 + (float)i * dx, y = y0 + (float)i * dy;
            int cx = (int)x, cy = (int)y;  // both are positive inside the region
            offset[i] = (cy * width + cx) * cell_floats;
            fraction_x[i] = x - (float)cx;
            fraction_y[i] = y - (float)cy;
        }
        float *to = out + (size_t)j * columns * 3;
        int last = j == rows - 1 ? columns - 1 : columns;  // the fourth float of a store falls on the next pixel
        const float *cells = t->cells;
        row4_t value;
        for (int i = 0; i < columns; i++) {
            const float *at = cells + offset[i];
            pair_t upper = *(const pair_t *)at, lower = *(const pair_t *)(at + (size_t)width * cell_floats);
            pair_t mixed = upper + fraction_y[i] * (lower - upper);
            row4_t left = __builtin_shufflevector(mixed, mixed, 0, 1, 2, 3);
            row4_t right = __builtin_shufflevector(mixed, mixed, 4, 5, 6, 7);
            value = left + fraction_x[i] * (right - left) - (row4_t){1, 0, 0, 0};
            if (i < last) *(row4_t *)(to + 3 * i) = value;
        }
        if (last < columns)
            for (int c = 0; c < 3; c++) to[3 * last + c] = value[c];
    }
}

static void KERNEL(crop_sample)(float *out, int width, int height, const lm_crop_source *s, const double map[6], void *memory) {
    if (!is_usable(map)) {
        fill_outside(out, width, height);
        return;
    }
    int factor = lm_crop_factor(map);
    region_t r = find_region(s, width, height, map, factor);
    scratch_t t = lay_scratch(memory, width > height ? width : height);
    if (r.u0 == r.u1 || r.v0 == r.v1) {
        fill_outside(out, width, height);
        return;
    }
    make_cells(s, &t, &r, factor);
    gather(out, width, height, map, &t, &r, factor);
}
