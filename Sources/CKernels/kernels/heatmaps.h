/* Heatmaps lie as cells of parts*points floats; loops run over points inside, so that they fill vectors. */

static void KERNEL(spatial_softmax)(float *p, float *log_sum, float *peak, const float *z, size_t cells, int parts, int points,
                                    float gain) {
    const size_t maps = cells * parts;
    float top[LM_MAX_POINTS], total[LM_MAX_POINTS];
    for (int l = 0; l < points; l++) top[l] = -INFINITY, total[l] = 0;
    for (size_t m = 0; m < maps; m++)
        for (int l = 0; l < points; l++) top[l] = z[m * points + l] > top[l] ? z[m * points + l] : top[l];
    for (size_t m = 0; m < maps; m++)
        for (int l = 0; l < points; l++) {
            const float e = exponential(z[m * points + l] - top[l]);
            p[m * points + l] = e;
            total[l] += e;
        }
    for (int l = 0; l < points; l++) {
        log_sum[l] = top[l] + __builtin_logf(total[l]);
        peak[l] = 1 / total[l];
        total[l] = gain / total[l];
    }
    for (size_t m = 0; m < maps; m++)
        for (int l = 0; l < points; l++) p[m * points + l] *= total[l];
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

static void KERNEL(expectation)(float *xy, const float *p, int rows, int columns, int sub, int points, const float *px,
                                const float *py, float gain) {
    for (int l = 0; l < 2 * points; l++) xy[l] = 0;
    FOR_PLACES({
        for (int l = 0; l < points; l++) {
            xy[l] += p[m + l] * px[j];
            xy[points + l] += p[m + l] * py[i];
        }
    })
    for (int l = 0; l < 2 * points; l++) xy[l] /= gain;
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
        float top = -INFINITY, total = 0;
        for (size_t c = 0; c < columns; c++) top = x[c] > top ? x[c] : top;
        for (size_t c = 0; c < columns; c++) x[c] = exponential((x[c] - top) * scale);
        for (size_t c = 0; c < columns; c++) total += x[c];
        for (size_t c = 0; c < columns; c++) x[c] /= total;
    }
}

static void KERNEL(row_softmax_backward)(float *dx, const float *dy, const float *y, size_t rows, size_t columns, float scale) {
    for (size_t r = 0; r < rows; r++, dx += columns, dy += columns, y += columns) {
        float mean = 0;
        for (size_t c = 0; c < columns; c++) mean += y[c] * dy[c];
        for (size_t c = 0; c < columns; c++) dx[c] = scale * y[c] * (dy[c] - mean);
    }
}
