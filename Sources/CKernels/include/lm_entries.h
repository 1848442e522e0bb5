/* Every dispatched kernel: result, name, parameters, arguments. */
ENTRY(void, gemm,
      (int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b, ptrdiff_t b_row, float *c,
       ptrdiff_t c_row, int accumulate, const float *bias, int activation),
      (m, n, k, a, a_row, a_col, b, b_row, c, c_row, accumulate, bias, activation))
ENTRY(void, run_product, (const lm_product *p), (p))
ENTRY(void, pack_product, (float *packed, const float *b, int depth, int columns), (packed, b, depth, columns))
ENTRY(void, run_product_16, (const lm_product *p), (p))
ENTRY(void, pack_product_16, (int16_t *packed, float *scales, const float *b, int depth, int columns),
      (packed, scales, b, depth, columns))
ENTRY(void, affine,
      (float *y, ptrdiff_t y_row, const float *x, ptrdiff_t x_row, size_t rows, size_t channels, const float *scale,
       const float *shift, int activation),
      (y, y_row, x, x_row, rows, channels, scale, shift, activation))
ENTRY(void, column_sums, (const float *x, size_t rows, size_t channels, double *sum, double *square),
      (x, rows, channels, sum, square))
ENTRY(void, affine_backward,
      (float *g, const float *da, ptrdiff_t da_row, const float *x, size_t rows, size_t channels, const float *scale,
       const float *shift, int activation, int accumulate, double *sum_g, double *sum_gx),
      (g, da, da_row, x, rows, channels, scale, shift, activation, accumulate, sum_g, sum_gx))
ENTRY(void, blend,
      (float *y, const float *g, const float *x, size_t rows, size_t channels, const float *p, const float *q, const float *s,
       int accumulate),
      (y, g, x, rows, channels, p, q, s, accumulate))
ENTRY(void, add_scaled, (float *y, const float *x, float gain, size_t n), (y, x, gain, n))
ENTRY(double, dot, (const float *x, const float *y, size_t n), (x, y, n))
ENTRY(void, depthwise,
      (float *y, int height, int width, const float *x, int x_width, int channels, int kernel, int stride, const float *w,
       const float *bias, int activation),
      (y, height, width, x, x_width, channels, kernel, stride, w, bias, activation))
ENTRY(void, depthwise_blocks,
      (float *y, int height, int width, const float *x, int x_width, ptrdiff_t x_block, int channels, int kernel, int stride,
       const float *w, const float *bias, int activation),
      (y, height, width, x, x_width, x_block, channels, kernel, stride, w, bias, activation))
ENTRY(void, depthwise_weights,
      (float *dw, const float *dy, int height, int width, const float *x, int x_width, int channels, int kernel, int stride),
      (dw, dy, height, width, x, x_width, channels, kernel, stride))
ENTRY(void, depthwise_scatter,
      (float *dx, int x_width, const float *dy, int height, int width, int channels, int kernel, int stride, const float *w),
      (dx, x_width, dy, height, width, channels, kernel, stride, w))
ENTRY(void, patches,
      (float *y, int i0, int i1, int width, const float *x, int x_width, int channels, int kernel, int stride),
      (y, i0, i1, width, x, x_width, channels, kernel, stride))
ENTRY(void, patches_add,
      (float *dx, int x_width, const float *dy, int i0, int i1, int width, int channels, int kernel, int stride),
      (dx, x_width, dy, i0, i1, width, channels, kernel, stride))
ENTRY(void, transpose, (float *y, const float *x, int rows, int columns), (y, x, rows, columns))
ENTRY(void, spatial_softmax,
      (float *p, float *log_sum, float *peak, const float *z, size_t cells, int parts, int points, float gain),
      (p, log_sum, peak, z, cells, parts, points, gain))
ENTRY(void, spatial_softmax_backward,
      (float *dz, const float *dp, const float *p, size_t cells, int parts, int points, float gain),
      (dz, dp, p, cells, parts, points, gain))
ENTRY(void, expectation,
      (float *xy, const float *p, int rows, int columns, int sub, int points, const float *px, const float *py, float gain),
      (xy, p, rows, columns, sub, points, px, py, gain))
ENTRY(void, expectation_backward,
      (float *dp, const float *dxy, int rows, int columns, int sub, int points, const float *px, const float *py, float gain),
      (dp, dxy, rows, columns, sub, points, px, py, gain))
ENTRY(void, outer_maps,
      (float *t, int rows, int columns, int sub, int points, const float *gx, const float *gy, float gain),
      (t, rows, columns, sub, points, gx, gy, gain))
ENTRY(void, heatmap_loss,
      (float *dz, float *dot, const float *z, const float *p, int rows, int columns, int sub, int points, const float *gx,
       const float *gy, float gain, float weight),
      (dz, dot, z, p, rows, columns, sub, points, gx, gy, gain, weight))
ENTRY(void, row_softmax, (float *x, size_t rows, size_t columns, float scale), (x, rows, columns, scale))
ENTRY(void, row_softmax_backward,
      (float *dx, const float *dy, const float *y, size_t rows, size_t columns, float scale), (dx, dy, y, rows, columns, scale))
ENTRY(void, adamw,
      (float *w, const float *g, float *m, float *v, size_t n, float rate, float beta1, float beta2, float correction1,
       float correction2, float epsilon, float decay, float clip),
      (w, g, m, v, n, rate, beta1, beta2, correction1, correction2, epsilon, decay, clip))
ENTRY(void, lerp, (float *y, const float *x, float share, size_t n), (y, x, share, n))
ENTRY(void, crop_sample,
      (float *out, int width, int height, const lm_crop_source *source, const double map[6], void *scratch),
      (out, width, height, source, map, scratch))
ENTRY(void, split_planes, (float *planes, const float *pixels, size_t n), (planes, pixels, n))
ENTRY(void, join_planes, (float *pixels, const float *planes, size_t n), (pixels, planes, n))
ENTRY(void, scale_plane, (float *x, size_t n, float gain, float bias), (x, n, gain, bias))
ENTRY(void, mix_plane, (float *x, const float *y, size_t n, float a), (x, y, n, a))
ENTRY(void, shade_plane, (float *x, int side, float across, float down), (x, side, across, down))
ENTRY(void, curve_plane, (float *x, size_t n, const float *curve, int count), (x, n, curve, count))
ENTRY(void, noise_plane, (float *x, size_t n, float amplitude, uint64_t seed), (x, n, amplitude, seed))
ENTRY(void, blur_plane, (float *x, int side, const float *taps, int radius, float *scratch), (x, side, taps, radius, scratch))
ENTRY(void, filter_plane,
      (float *x, int side, const int *across, const int *down, const float *weights, int count, int reach, float *scratch),
      (x, side, across, down, weights, count, reach, scratch))
ENTRY(void, enlarge_plane, (float *out, int side, const float *in, int small, float *scratch), (out, side, in, small, scratch))
ENTRY(void, compress_plane, (float *x, int side, const float *steps, int left, int top), (x, side, steps, left, top))
ENTRY(void, occlude_planes,
      (float *planes, int side, const lm_occluder *occluder, const float *texture),
      (planes, side, occluder, texture))
ENTRY(void, paste_planes,
      (float *planes, int side, const float *texture, const float map[6], int corners, float feather),
      (planes, side, texture, map, corners, feather))
