/* Heatmaps lie as cells of parts*points floats. Loops over whole cells fill vectors whatever the number of points is; what belongs to a
   point is gathered from the parts afterwards. */

/* Makes columns[l] of all parts the largest of them, or their sum. */
INLINE void KERNEL(join_parts)(float *columns, int parts, int points, const int largest) {
    for (int part = 1; part < parts; part++)
        for (int l = 0; l < points; l++) {
            const float other = columns[part * points + l];
            columns[l] = !largest ? columns[l] + other : other > columns[l] ? other : columns[l];
        }
    for (int part = 1; part < parts; part++) __builtin_memcpy(columns + part * points, columns, sizeof(float) * points);
}

static void KERNEL(spatial_softmax)(float *p, float *log_sum, float *peak, const float *z, size_t cells, int parts, int points,
                                    float gain) {
    const int width = parts * points;
    float top[LM_MAX_CELL], total[LM_MAX_CELL];
    for (int c = 0; c < width; c++) top[c] = -INFINITY, total[c] = 0;
    for (size_t m = 0; m < cells; m++)
        for (int c = 0; c < width; c++) top[c] = z[m * width + c] > top[c] ? z[m * width + c] : top[c];
    KERNEL(join_parts)(top, parts, points, 1);
    for (size_t m = 0; m < cells; m++)
        for (int c = 0; c < width; c++) {
            const float e = exponential(z[m * width + c] - top[c]);
            p[m * width + c] = e;
            total[c] += e;
        }
    KERNEL(join_parts)(total, parts, points, 0);
    for (int l = 0; l < points; l++) {
        log_sum[l] = top[l] + __builtin_logf(total[l]);
        peak[l] = 1 / total[l];
    }
    for (int c = 0; c < width; c++) total[c] = gain / total[c];
    for (size_t m = 0; m < cells; m++)
        for (int c = 0; c < width; c++) p[m * width + c] *= total[c];
}

static void KERNEL(spatial_softmax_backward)(float *dz, const float *dp, const float *p, size_t cells, int parts, int points,
                                             float gain) {
    const size_t maps = cells * parts;
    float mean[LM_MAX_POINTS];
    for (int l = 0; l < points; l++) mean[l] = 0;
    for (size_t m = 0; m < maps; m++)
        for (int l = 0; l < points; l++) mean[l] += p[m * points + l] * dp[m * points + l];
    for (int l = 0; l < points; l++) mean[l] /= gain;
    for (size_t m = 0; m < maps; m++)
        for (int l = 0; l < points; l++) dz[m * points + l] = p[m * points + l] * (dp[m * points + l] - mean[l]);
}

/* Runs BODY for every place of the map: row i, column j of the fine map, m = first float of its `points`. */
#define FOR_PLACES(...)                                                                                                           \
    for (int ci = 0; ci < rows; ci++)                                                                                             \
        for (int cj = 0; cj < columns; cj++)                                                                                      \
            for (int u = 0; u < sub; u++)                                                                                         \
                for (int v = 0; v < sub; v++) {                                                                                   \
                    const int i = ci * sub + u, j = cj * sub + v;                                                                 \
                    const size_t m = ((size_t)(ci * columns + cj) * sub * sub + u * sub + v) * points;                            \
                    __VA_ARGS__                                                                                                          \
                }

/* Σ p, Σ p*x and Σ p*y of `vectors` vectors of a cell, over all cells of `width` floats; x and y as they are for the cell's first place. */
INLINE void KERNEL(moments)(const int vectors, float *mass, float *x, float *y, const float *p, int rows, int columns, int sub,
                            ptrdiff_t width, const float *px, const float *py) {
    vf all[2], across[2], down[2];
    UNROLL for (int v = 0; v < vectors; v++) all[v] = across[v] = down[v] = splat(0);
    for (int i = 0; i < rows; i++) {
        vf row[2], row_across[2];
        UNROLL for (int v = 0; v < vectors; v++) row[v] = row_across[v] = splat(0);
        for (int j = 0; j < columns; j++, p += width)
            UNROLL for (int v = 0; v < vectors; v++) {
                const vf value = LOAD(p + v * VL);
                row[v] += value, row_across[v] += value * px[j * sub];
            }
        UNROLL for (int v = 0; v < vectors; v++)
            all[v] += row[v], across[v] += row_across[v], down[v] += row[v] * py[i * sub];
    }
    UNROLL for (int v = 0; v < vectors; v++)
        STORE(mass + v * VL, all[v]), STORE(x + v * VL, across[v]), STORE(y + v * VL, down[v]);
}

static void KERNEL(expectation)(float *xy, const float *p, int rows, int columns, int sub, int points, const float *px,
                                const float *py, float gain) {
    const int width = sub * sub * points;
    float mass[LM_MAX_CELL], x[LM_MAX_CELL], y[LM_MAX_CELL];
    int c = 0;
    for (; c + 2 * VL <= width; c += 2 * VL) KERNEL(moments)(2, mass + c, x + c, y + c, p + c, rows, columns, sub, width, px, py);
    for (; c + VL <= width; c += VL) KERNEL(moments)(1, mass + c, x + c, y + c, p + c, rows, columns, sub, width, px, py);
    for (; c < width; c++) {
        mass[c] = x[c] = y[c] = 0;
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) {
                const float value = p[(ptrdiff_t)(i * columns + j) * width + c];
                mass[c] += value, x[c] += value * px[j * sub], y[c] += value * py[i * sub];
            }
    }
    for (int l = 0; l < 2 * points; l++) xy[l] = 0;
    for (int u = 0; u < sub; u++)
        for (int v = 0; v < sub; v++)
            for (int l = 0; l < points; l++) {
                const int c = (u * sub + v) * points + l;
                xy[l] += (x[c] + mass[c] * (px[v] - px[0])) / gain;
                xy[points + l] += (y[c] + mass[c] * (py[u] - py[0])) / gain;
            }
}

static void KERNEL(expectation_backward)(float *dp, const float *dxy, int rows, int columns, int sub, int points, const float *px,
                                         const float *py, float gain) {
    FOR_PLACES({
        const float x = px[j] / gain, y = py[i] / gain;
        for (int l = 0; l < points; l++) dp[m + l] += dxy[l] * x + dxy[points + l] * y;
    })
}

static void KERNEL(outer_maps)(float *t, int rows, int columns, int sub, int points, const float *gx, const float *gy, float gain) {
    FOR_PLACES({
        for (int l = 0; l < points; l++) t[m + l] = gain * gy[i * points + l] * gx[j * points + l];
    })
}

static void KERNEL(heatmap_loss)(float *dz, float *dot, const float *z, const float *p, int rows, int columns, int sub, int points,
                                 const float *gx, const float *gy, float gain, float weight) {
    for (int l = 0; l < points; l++) dot[l] = 0;
    const float unit = 1 / gain;
    FOR_PLACES({
        for (int l = 0; l < points; l++) {
            const float target = gy[i * points + l] * gx[j * points + l];
            dot[l] += target * z[m + l];
            dz[m + l] = weight * (p[m + l] * unit - target);
        }
    })
}
#undef FOR_PLACES

static void KERNEL(row_softmax)(float *x, size_t rows, size_t columns, float scale) {
    for (size_t r = 0; r < rows; r++, x += columns) {
        /* Sums and maxima of each lane, so that they do not wait for each other. */
        float top = -INFINITY, total = 0, tops[VL], totals[VL] = {0};
        for (int l = 0; l < VL; l++) tops[l] = -INFINITY;
        const size_t whole = columns / VL * VL;
        for (size_t c = 0; c < whole; c += VL)
            for (int l = 0; l < VL; l++) tops[l] = x[c + l] > tops[l] ? x[c + l] : tops[l];
        for (size_t c = whole; c < columns; c++) top = x[c] > top ? x[c] : top;
        for (int l = 0; l < VL; l++) top = tops[l] > top ? tops[l] : top;
        for (size_t c = 0; c < columns; c++) x[c] = exponential((x[c] - top) * scale);
        for (size_t c = 0; c < whole; c += VL)
            for (int l = 0; l < VL; l++) totals[l] += x[c + l];
        for (size_t c = whole; c < columns; c++) total += x[c];
        for (int l = 0; l < VL; l++) total += totals[l];
        const float share = 1 / total;
        for (size_t c = 0; c < columns; c++) x[c] *= share;
    }
}

static void KERNEL(row_softmax_backward)(float *dx, const float *dy, const float *y, size_t rows, size_t columns, float scale) {
    for (size_t r = 0; r < rows; r++, dx += columns, dy += columns, y += columns) {
        float mean = 0;
        for (size_t c = 0; c < columns; c++) mean += y[c] * dy[c];
        for (size_t c = 0; c < columns; c++) dx[c] = scale * y[c] * (dy[c] - mean);
    }
}
