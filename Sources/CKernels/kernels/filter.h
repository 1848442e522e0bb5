/* Depthwise convolution of images whose channels lie in blocks: see lm_depthwise_blocks. A block's image is small enough for the first-level
   cache, and read as one stream. */

/* Neighbouring outputs of one vector of channels, from their first input at x; each input is loaded once for all taps of its row. */
INLINE void KERNEL(filter_run)(const int outputs, const int kernel, const int stride, const int masked, float *y, const float *x,
                               ptrdiff_t x_line, int channels, const float *w, vf bias, int activation, lane_mask mask) {
    vf sum[8];
    UNROLL for (int o = 0; o < outputs; o++) sum[o] = bias;
    UNROLL for (int u = 0; u < kernel; u++) {
        vf weight[7];
        UNROLL for (int v = 0; v < kernel; v++) weight[v] = LOAD(w + (u * kernel + v) * LM_BLOCK);
        UNROLL for (int p = 0; p < (outputs - 1) * stride + kernel; p++) {
            const vf value = LOAD(x + u * x_line + p * LM_BLOCK);
            UNROLL for (int v = 0; v < kernel; v++)
                if (p >= v && (p - v) % stride == 0 && (p - v) / stride < outputs) sum[(p - v) / stride] += weight[v] * value;
        }
    }
    UNROLL for (int o = 0; o < outputs; o++) {
        const vf value = activation == LM_HARD_SWISH ? KERNEL(hard_swish)(sum[o]) : sum[o];
        if (masked)
            KERNEL(store_masked)(y + (ptrdiff_t)o * channels, value, mask);
        else
            STORE(y + (ptrdiff_t)o * channels, value);
    }
}

/* One vector of channels, all positions. */
INLINE void KERNEL(filter_vector)(const int kernel, const int stride, const int masked, float *y, int height, int width,
                                  const float *x, int x_width, int channels, const float *w, vf bias, int activation, lane_mask mask) {
    const ptrdiff_t x_line = (ptrdiff_t)x_width * LM_BLOCK;
#define RUN(OUTPUTS)                                                                                                              \
    for (; j + OUTPUTS <= width; j += OUTPUTS)                                                                                    \
        KERNEL(filter_run)(OUTPUTS, kernel, stride, masked, y + (ptrdiff_t)j * channels, x + (ptrdiff_t)j * stride * LM_BLOCK,     \
                           x_line, channels, w, bias, activation, mask);
    for (int i = 0; i < height; i++, x += stride * x_line, y += (ptrdiff_t)width * channels) {
        int j = 0;
        if (width % 8) RUN(7)
        RUN(8)
        RUN(4)
        RUN(1)
    }
#undef RUN
}

INLINE void KERNEL(filter_any)(const int kernel, const int stride, float *y, int height, int width, const float *x, int x_width,
                               ptrdiff_t x_block, int channels, const float *w, const float *bias, int activation) {
    for (int c = 0; c < channels; c += VL) {
        const int block = c / LM_BLOCK, lane = c % LM_BLOCK, lanes = channels - c;
        const float *image = x + block * x_block + lane, *weights = w + (ptrdiff_t)block * kernel * kernel * LM_BLOCK + lane;
        if (lanes >= VL)
            KERNEL(filter_vector)(kernel, stride, 0, y + c, height, width, image, x_width, channels, weights, LOAD(bias + c),
                                  activation, KERNEL(mask_of)(VL));
        else
            KERNEL(filter_vector)(kernel, stride, 1, y + c, height, width, image, x_width, channels, weights, LOAD(bias + c),
                                  activation, KERNEL(mask_of)(lanes));
    }
}

static void KERNEL(depthwise_blocks)(float *y, int height, int width, const float *x, int x_width, ptrdiff_t x_block, int channels,
                                     int kernel, int stride, const float *w, const float *bias, int activation) {
#define CASE(SIZE, STRIDE)                                                                                                        \
    case SIZE * 2 + STRIDE:                                                                                                       \
        KERNEL(filter_any)(SIZE, STRIDE, y, height, width, x, x_width, x_block, channels, w, bias, activation);                   \
        break;
    switch (kernel * 2 + stride) { CASE(3, 1) CASE(3, 2) CASE(5, 1) CASE(5, 2) CASE(7, 1) CASE(7, 2) }
#undef CASE
}
