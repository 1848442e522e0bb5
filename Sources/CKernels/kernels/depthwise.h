/* Depthwise convolution on padded images. */

/* Neighbouring outputs of one vector of channels, from their first input at x. Where the registers suffice each input is loaded once for
   all taps of its row; elsewhere each weight once for all outputs. */
INLINE void KERNEL(depthwise_run)(const int outputs, const int kernel, const int stride, float *y, const float *x, ptrdiff_t x_line,
                                  int channels, const float *w, vf bias, int activation) {
    vf sum[8];
    UNROLL for (int o = 0; o < outputs; o++) sum[o] = bias;
    UNROLL for (int u = 0; u < kernel; u++) {
        if (stride == 1 && (kernel == 3 || VL == 16)) {
            vf weight[7];
            UNROLL for (int v = 0; v < kernel; v++) weight[v] = LOAD(w + (u * kernel + v) * channels);
            UNROLL for (int p = 0; p < outputs + kernel - 1; p++) {
                const vf value = LOAD(x + u * x_line + (ptrdiff_t)p * channels);
                UNROLL for (int v = 0; v < kernel; v++)
                    if (p >= v && p - v < outputs) sum[p - v] += weight[v] * value;
            }
        } else {
            UNROLL for (int v = 0; v < kernel; v++) {
                const vf weight = LOAD(w + (u * kernel + v) * channels);
                const float *in = x + u * x_line + (ptrdiff_t)v * channels;
                UNROLL for (int o = 0; o < outputs; o++) sum[o] += weight * LOAD(in + (ptrdiff_t)o * stride * channels);
            }
        }
    }
    UNROLL for (int o = 0; o < outputs; o++)
        STORE(y + (ptrdiff_t)o * channels, activation ? KERNEL(hard_swish)(sum[o]) : sum[o]);
}

INLINE void KERNEL(depthwise_any)(const int kernel, const int stride, float *y, int height, int width, const float *x, int x_width,
                                  int channels, const float *w, const float *bias, int activation) {
    const ptrdiff_t x_line = (ptrdiff_t)x_width * channels;
#define RUN(OUTPUTS)                                                                                                              \
    for (; j + OUTPUTS <= width; j += OUTPUTS)                                                                                    \
        KERNEL(depthwise_run)(OUTPUTS, kernel, stride, y + (ptrdiff_t)j * channels + c, x + (ptrdiff_t)j * stride * channels + c,  \
                              x_line, channels, w + c, shift, activation);
    for (int i = 0; i < height; i++, x += stride * x_line, y += (ptrdiff_t)width * channels) {
        for (int c = 0; c < channels && channels >= VL; c += VL) {
            /* The last vector overlaps the one before it where channels are no multiple of a vector. */
            if (c + VL > channels) c = channels - VL;
            const vf shift = bias ? LOAD(bias + c) : splat(0);
            int j = 0;
            RUN(4)
            RUN(1)
        }
        for (int c = 0; c < channels && channels < VL; c++)
            for (int j = 0; j < width; j++) {
                float sum = bias ? bias[c] : 0;
                for (int u = 0; u < kernel; u++)
                    for (int v = 0; v < kernel; v++)
                        sum += w[(u * kernel + v) * channels + c] * x[u * x_line + (ptrdiff_t)(j * stride + v) * channels + c];
                y[(ptrdiff_t)j * channels + c] = activation ? hard_swish(sum) : sum;
            }
    }
#undef RUN
}

static void KERNEL(depthwise)(float *y, int height, int width, const float *x, int x_width, int channels, int kernel, int stride,
                              const float *w, const float *bias, int activation) {
#define CASE(SIZE, STRIDE)                                                                                                        \
    case SIZE * 2 + STRIDE:                                                                                                       \
        KERNEL(depthwise_any)(SIZE, STRIDE, y, height, width, x, x_width, channels, w, bias, activation);                         \
        break;
    switch (kernel * 2 + stride) { CASE(3, 1) CASE(3, 2) CASE(5, 1) CASE(5, 2) CASE(7, 1) CASE(7, 2) }
#undef CASE
}

#define TAP(U, V) (x + ((ptrdiff_t)(i * stride + (U)) * x_width + j * stride + (V)) * channels + c)

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
