/* Depthwise convolution on padded images: four neighbouring outputs share each weight load. */

#define TAP(U, V) (x + ((ptrdiff_t)(i * stride + (U)) * x_width + j * stride + (V)) * channels + c)

INLINE void KERNEL(depthwise_run)(const int outputs, const int kernel, int i, int j, float *y, int width, const float *x, int x_width,
                                  int channels, int stride, const float *w, const float *bias, int activation, int c) {
    vf sum[4];
    UNROLL for (int o = 0; o < outputs; o++) sum[o] = bias ? LOAD(bias + c) : splat(0);
    UNROLL for (int u = 0; u < kernel; u++) {
        UNROLL for (int v = 0; v < kernel; v++) {
            const vf weight = LOAD(w + (u * kernel + v) * channels + c);
            const float *in = TAP(u, v);
            UNROLL for (int o = 0; o < outputs; o++) sum[o] += weight * LOAD(in + o * stride * channels);
        }
    }
    UNROLL for (int o = 0; o < outputs; o++)
        STORE(y + ((ptrdiff_t)i * width + j + o) * channels + c, activation ? KERNEL(hard_swish)(sum[o]) : sum[o]);
}

INLINE void KERNEL(depthwise_any)(const int kernel, float *y, int height, int width, const float *x, int x_width, int channels,
                                  int stride, const float *w, const float *bias, int activation) {
    for (int i = 0; i < height; i++) {
        int c = 0;
        for (; c + VL <= channels; c += VL) {
            int j = 0;
            for (; j + 4 <= width; j += 4)
                KERNEL(depthwise_run)(4, kernel, i, j, y, width, x, x_width, channels, stride, w, bias, activation, c);
            for (; j < width; j++)
                KERNEL(depthwise_run)(1, kernel, i, j, y, width, x, x_width, channels, stride, w, bias, activation, c);
        }
        for (; c < channels; c++)
            for (int j = 0; j < width; j++) {
                float sum = bias ? bias[c] : 0;
                for (int u = 0; u < kernel; u++)
                    for (int v = 0; v < kernel; v++) sum += w[(u * kernel + v) * channels + c] * *TAP(u, v);
                y[((ptrdiff_t)i * width + j) * channels + c] = activation ? hard_swish(sum) : sum;
            }
    }
}

static void KERNEL(depthwise)(float *y, int height, int width, const float *x, int x_width, int channels, int kernel, int stride,
                              const float *w, const float *bias, int activation) {
    switch (kernel) {
    case 3: KERNEL(depthwise_any)(3, y, height, width, x, x_width, channels, stride, w, bias, activation); break;
    case 5: KERNEL(depthwise_any)(5, y, height, width, x, x_width, channels, stride, w, bias, activation); break;
    default: KERNEL(depthwise_any)(7, y, height, width, x, x_width, channels, stride, w, bias, activation);
    }
}

INLINE void KERNEL(depthwise_weights_any)(const int kernel, float *dw, const float *dy, int height, int width, const float *x,
                                          int x_width, int channels, int stride) {
    int c = 0;
    for (; c + VL <= channels; c += VL)
        UNROLL for (int u = 0; u < kernel; u++) {
            vf sum[8];
            UNROLL for (int v = 0; v < kernel; v++) sum[v] = splat(0);
            for (int i = 0; i < height; i++)
                for (int j = 0; j < width; j++) {
                    const vf d = LOAD(dy + ((ptrdiff_t)i * width + j) * channels + c);
                    UNROLL for (int v = 0; v < kernel; v++) sum[v] += d * LOAD(TAP(u, v));
                }
            UNROLL for (int v = 0; v < kernel; v++) {
                float *out = dw + (u * kernel + v) * channels + c;
                STORE(out, LOAD(out) + sum[v]);
            }
        }
    for (; c < channels; c++)
        for (int u = 0; u < kernel; u++)
            for (int v = 0; v < kernel; v++) {
                float sum = 0;
                for (int i = 0; i < height; i++)
                    for (int j = 0; j < width; j++) sum += dy[((ptrdiff_t)i * width + j) * channels + c] * *TAP(u, v);
                dw[(u * kernel + v) * channels + c] += sum;
            }
}

static void KERNEL(depthwise_weights)(float *dw, const float *dy, int height, int width, const float *x, int x_width, int channels,
                                      int kernel, int stride) {
    switch (kernel) {
    case 3: KERNEL(depthwise_weights_any)(3, dw, dy, height, width, x, x_width, channels, stride); break;
    case 5: KERNEL(depthwise_weights_any)(5, dw, dy, height, width, x, x_width, channels, stride); break;
    default: KERNEL(depthwise_weights_any)(7, dw, dy, height, width, x, x_width, channels, stride);
    }
}
#undef TAP

static void KERNEL(depthwise_scatter)(float *dx, int x_width, const float *dy, int height, int width, int channels, int kernel,
                                      int stride, const float *w) {
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++) {
            const float *d = dy + ((ptrdiff_t)i * width + j) * channels;
            for (int u = 0; u < kernel; u++)
                for (int v = 0; v < kernel; v++) {
                    float *out = dx + ((ptrdiff_t)(i * stride + u) * x_width + j * stride + v) * channels;
                    const float *weight = w + (u * kernel + v) * channels;
                    int c = 0;
                    for (; c + VL <= channels; c += VL) STORE(out + c, LOAD(out + c) + LOAD(weight + c) * LOAD(d + c));
                    for (; c < channels; c++) out[c] += weight[c] * d[c];
                }
        }
}

static void KERNEL(patches)(float *y, int i0, int i1, int width, const float *x, int x_width, int channels, int kernel, int stride) {
    for (int i = i0; i < i1; i++)
        for (int j = 0; j < width; j++)
            for (int u = 0; u < kernel; u++, y += kernel * channels)
                __builtin_memcpy(y, x + ((ptrdiff_t)(i * stride + u) * x_width + j * stride) * channels,
                                 sizeof(float) * kernel * channels);
}

static void KERNEL(patches_add)(float *dx, int x_width, const float *dy, int i0, int i1, int width, int channels, int kernel,
                                int stride) {
    for (int i = i0; i < i1; i++)
        for (int j = 0; j < width; j++)
            for (int u = 0; u < kernel; u++, dy += kernel * channels) {
                float *out = dx + ((ptrdiff_t)(i * stride + u) * x_width + j * stride) * channels;
                for (int t = 0; t < kernel * channels; t++) out[t] += dy[t];
            }
}
