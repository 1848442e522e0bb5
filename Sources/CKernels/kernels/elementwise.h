/* Per-channel maps over rows. Channels are walked in vectors, then one by one. */

static void KERNEL(affine)(float *y, ptrdiff_t y_row, const float *x, ptrdiff_t x_row, size_t rows, size_t channels,
                           const float *scale, const float *shift, int activation) {
    for (size_t r = 0; r < rows; r++, x += x_row, y += y_row) {
        size_t c = 0;
        for (; c + VL <= channels; c += VL) {
            vf v = LOAD(x + c);
            if (scale) v *= LOAD(scale + c);
            if (shift) v += LOAD(shift + c);
            STORE(y + c, activation == LM_HARD_SWISH ? KERNEL(hard_swish)(v) : v);
        }
        for (; c < channels; c++) {
            float v = x[c] * (scale ? scale[c] : 1) + (shift ? shift[c] : 0);
            y[c] = activation == LM_HARD_SWISH ? hard_swish(v) : v;
        }
    }
}

static void KERNEL(column_sums)(const float *x, size_t rows, size_t channels, double *sum, double *square) {
    for (size_t c = 0; c < channels; c += VL) {
        if (c + VL <= channels) {
            vf s = splat(0), q = splat(0), s2 = splat(0), q2 = splat(0);
            size_t r = 0;
            for (; r + 2 <= rows; r += 2) {
                const vf v = LOAD(x + r * channels + c), w = LOAD(x + (r + 1) * channels + c);
                s += v, q += v * v, s2 += w, q2 += w * w;
            }
            for (; r < rows; r++) {
                const vf v = LOAD(x + r * channels + c);
                s += v, q += v * v;
            }
            s += s2, q += q2;
            for (int i = 0; i < VL; i++) sum[c + i] += s[i], square[c + i] += q[i];
        } else {
            for (size_t k = c; k < channels; k++) {
                float s = 0, q = 0;
                for (size_t r = 0; r < rows; r++) s += x[r * channels + k], q += x[r * channels + k] * x[r * channels + k];
                sum[k] += s, square[k] += q;
            }
        }
    }
}

static void KERNEL(affine_backward)(float *g, const float *da, ptrdiff_t da_row, const float *x, size_t rows, size_t channels,
                                    const float *scale, const float *shift, int activation, int accumulate, double *sum_g,
                                    double *sum_gx) {
    size_t c = 0;
    for (; c + VL <= channels; c += VL) {
        const vf a = scale ? LOAD(scale + c) : splat(1), b = shift ? LOAD(shift + c) : splat(0);
        vf s = splat(0), q = splat(0);
        for (size_t r = 0; r < rows; r++) {
            const vf v = LOAD(x + r * channels + c);
            vf t = LOAD(da + r * da_row + c);
            if (activation == LM_HARD_SWISH) t *= KERNEL(hard_swish_slope)(v * a + b);
            s += t, q += t * v;
            float *out = g + r * channels + c;
            STORE(out, accumulate ? LOAD(out) + t : t);
        }
        if (sum_g)
            for (int i = 0; i < VL; i++) sum_g[c + i] += s[i], sum_gx[c + i] += q[i];
    }
    for (; c < channels; c++) {
        float s = 0, q = 0;
        for (size_t r = 0; r < rows; r++) {
            const float v = x[r * channels + c], n = v * (scale ? scale[c] : 1) + (shift ? shift[c] : 0);
            const float t = da[r * da_row + c] * (activation == LM_HARD_SWISH ? hard_swish_slope(n) : 1);
            s += t, q += t * v;
            g[r * channels + c] = accumulate ? g[r * channels + c] + t : t;
        }
        if (sum_g) sum_g[c] += s, sum_gx[c] += q;
    }
}

static void KERNEL(blend)(float *y, const float *g, const float *x, size_t rows, size_t channels, const float *p, const float *q,
                          const float *s, int accumulate) {
    for (size_t r = 0; r < rows; r++, y += channels, g += channels, x += channels) {
        size_t c = 0;
        for (; c + VL <= channels; c += VL) {
            vf v = LOAD(p + c) * LOAD(g + c) + LOAD(q + c) * LOAD(x + c) + LOAD(s + c);
            STORE(y + c, accumulate ? LOAD(y + c) + v : v);
        }
        for (; c < channels; c++) y[c] = (accumulate ? y[c] : 0) + p[c] * g[c] + q[c] * x[c] + s[c];
    }
}

static void KERNEL(add_scaled)(float *y, const float *x, float gain, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += gain * x[i];
}

static double KERNEL(dot)(const float *x, const float *y, size_t n) {
    double total = 0;
    for (size_t i = 0; i < n;) {
        const size_t end = i + 4096 < n ? i + 4096 : n;
        vf s = splat(0);
        for (; i + VL <= end; i += VL) s += LOAD(x + i) * LOAD(y + i);
        for (; i < end; i++) total += (double)x[i] * y[i];
        for (int j = 0; j < VL; j++) total += s[j];
    }
    return total;
}

static void KERNEL(adamw)(float *w, const float *g, float *m, float *v, size_t n, float rate, float beta1, float beta2,
                          float correction1, float correction2, float epsilon, float decay, float clip) {
    for (size_t i = 0; i < n; i++) {
        const float d = g[i] * clip;
        m[i] = beta1 * m[i] + (1 - beta1) * d;
        v[i] = beta2 * v[i] + (1 - beta2) * d * d;
        w[i] -= rate * (m[i] / correction1 / (__builtin_sqrtf(v[i] / correction2) + epsilon) + decay * w[i]);
    }
}

static void KERNEL(lerp)(float *y, const float *x, float share, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += (x[i] - y[i]) * share;
}

static void KERNEL(transpose)(float *y, const float *x, int rows, int columns) {
    for (int i = 0; i < rows; i += 16)
        for (int j = 0; j < columns; j++)
            for (int k = i; k < rows && k < i + 16; k++) y[(ptrdiff_t)j * rows + k] = x[(ptrdiff_t)k * columns + j];
}
