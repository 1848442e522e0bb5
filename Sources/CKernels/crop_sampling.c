#include "kernels/crop_cells.h"

int lm_crop_factor(const double map[6]) {
    double shrink = sqrt(fabs(map[0] * map[4] - map[1] * map[3]));
    if (!(shrink > 1.5)) return 1;
    if (shrink > 1e6) return 1000000;
    return (int)floor(shrink + 0.5);
}

size_t lm_crop_scratch_bytes(int side, int width) {
    size_t limit = region_limit(side);
    size_t floats = limit * limit * cell_floats   // cells
                    + 14 * limit                  // rows: luma, 2 blended chroma, 2 × 2 chroma (up to 2 chroma cells a cell)
                    + 3 * limit                   // chroma neighbours of a row's cells
                    + 3 * (size_t)side            // offsets and fractions of a crop row
                    + (size_t)width + 64;         // column sums
    return floats * sizeof(float) + 1024;
}

// The definition of the sampler; its fast twin is compiled for each level, see kernels/crop_sampling.h.

static float sample_at(const lm_plane *p, int x, int y) {
    const uint8_t *at = (const uint8_t *)p->base + y * p->row_stride + x * p->sample_stride;
    if (!p->wide) return *at;
    uint16_t v;
    memcpy(&v, at, 2);
    return v;
}

/// Mean of (v − offset) over the box, samples outside counting 0, times gain.
static float box_ref(const lm_plane *p, int cx, int cy, int fx, int fy, float offset, float gain) {
    double sum = 0;
    for (int64_t y = (int64_t)cy * fy; y < ((int64_t)cy + 1) * fy; y++)
        for (int64_t x = (int64_t)cx * fx; x < ((int64_t)cx + 1) * fx; x++)
            if (x >= 0 && y >= 0 && x < p->width && y < p->height) sum += sample_at(p, (int)x, (int)y) - offset;
    return (float)(sum * gain / ((double)fx * fy));
}

static void cell_ref(const lm_crop_source *s, int factor, int cx, int cy, float cell[3]) {
    cell[0] = cell[1] = cell[2] = 0;
    if (cx < 0 || cy < 0 || (int64_t)cx * factor >= s->luma.width || (int64_t)cy * factor >= s->luma.height) return;
    cell[0] = box_ref(&s->luma, cx, cy, factor, factor, s->luma_black, s->luma_gain);
    if (!s->blue.base) return;
    axis_t ax = make_axis(factor, s->shift_x, s->blue.width), ay = make_axis(factor, s->shift_y, s->blue.height);
    int x[2], y[2];
    float wx, wy;
    neighbours(&ax, cx, &x[0], &x[1], &wx);
    neighbours(&ay, cy, &y[0], &y[1], &wy);
    for (int c = 0; c < 2; c++) {
        const lm_plane *p = c ? &s->red : &s->blue;
        for (int i = 0; i < 4; i++)
            cell[1 + c] += (i & 1 ? wx : 1 - wx) * (i & 2 ? wy : 1 - wy) *
                           box_ref(p, x[i & 1], y[i >> 1], ax.group, ay.group, s->chroma_neutral, s->chroma_gain);
    }
}

void lm_crop_sample_ref(float *out, int width, int height, const lm_crop_source *s, const double map[6]) {
    if (!is_usable(map)) {
        fill_outside(out, width, height);
        return;
    }
    int factor = lm_crop_factor(map);
    double half = (factor - 1) * 0.5;
    for (int j = 0; j < height; j++)
        for (int i = 0; i < width; i++) {
            double x = (map[0] * i + map[1] * j + map[2] - half) / factor;
            double y = (map[3] * i + map[4] * j + map[5] - half) / factor;
            int cx = (int)floor(x), cy = (int)floor(y);
            double wx = x - cx, wy = y - cy;
            double sum[3] = {-1, 0, 0};
            for (int n = 0; n < 4; n++) {
                float cell[3];
                cell_ref(s, factor, cx + (n & 1), cy + (n >> 1), cell);
                for (int c = 0; c < 3; c++) sum[c] += (n & 1 ? wx : 1 - wx) * (n >> 1 ? wy : 1 - wy) * cell[c];
            }
            for (int c = 0; c < 3; c++) out[(j * width + i) * 3 + c] = (float)sum[c];
        }
}
