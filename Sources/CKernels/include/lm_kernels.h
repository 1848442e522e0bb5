#pragma once
#include <stddef.h>
#include <stdint.h>
#include "lm_product.h"

/* Kernels of the layers. All arrays are float32, rows contiguous (channels last), any alignment; outputs must not overlap inputs
   unless a comment allows it. `rows` counts positions (N*H*W), `channels` the floats of a row. Every kernel has a plain twin in
   Tests/KernelTests. */

/* Activations: what `activation` arguments mean. */
enum { LM_IDENTITY = 0, LM_HARD_SWISH = 1 };  /* hard swish: x * clamp(x + 3, 0, 6) / 6 (Howard et al. 2019, eq. 1 of 5.2) */

/* C[m,n] = act(A[m,k] * B[k,n] (+ C if accumulate) + bias[n] (or 0 if NULL)).
   A(i,p) = a[i*a_row + p*a_col], so that a transposed A needs no copy; B and C have rows of `b_row`, `c_row` floats. */
void lm_gemm(int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b, ptrdiff_t b_row, float *c,
             ptrdiff_t c_row, int accumulate, const float *bias, int activation);

/* See lm_product.h. */
void lm_run_product(const lm_product *p);
/* Packs B[depth,columns], row-major, for lm_run_product of the same level; `packed` holds depth * columns floats, columns rounded up to a
   multiple of LM_PACKED_COLUMNS. */
void lm_pack_product(float *packed, const float *b, int depth, int columns);
#define LM_PACKED_COLUMNS 16

/* The same with numbers of 16 bits and whole sums: B is quantised column by column, A by the largest number of a few dozen rows, so that a
   sum is off by some 10^-4 of the largest possible. The depth is LM_MAX_DEPTH_16 at most; `bias` holds columns rounded up to a multiple of
   LM_PACKED_COLUMNS. Where `sparse`, A is expected to hold mostly zeros, and rows that do cost as much as what is not zero in them. */
void lm_run_product_16(const lm_product *p);
/* Packs B[depth,columns] for lm_run_product_16 of the same level. `packed` holds depth, rounded up to an even number, times columns, rounded
   up to a multiple of LM_PACKED_COLUMNS; `scales` as many as the latter. */
void lm_pack_product_16(int16_t *packed, float *scales, const float *b, int depth, int columns);
#define LM_MAX_DEPTH_16 512

/* y[r,c] = act(x[r,c] * scale[c] + shift[c]); scale NULL = 1, shift NULL = 0. Rows of x and y are `x_row`, `y_row` floats apart.
   y may be x. */
void lm_affine(float *y, ptrdiff_t y_row, const float *x, ptrdiff_t x_row, size_t rows, size_t channels, const float *scale,
               const float *shift, int activation);
/* sum[c] += Σ_r x[r,c]; square[c] += Σ_r x[r,c]². */
void lm_column_sums(const float *x, size_t rows, size_t channels, double *sum, double *square);
/* Backward of lm_affine with regard to its pre-activation n = x*scale + shift:
   t = da[r,c] * act'(n); g = t (+ g if accumulate); sum_g[c] += Σ t; sum_gx[c] += Σ t*x (sums NULL: left out). */
void lm_affine_backward(float *g, const float *da, ptrdiff_t da_row, const float *x, size_t rows, size_t channels,
                        const float *scale, const float *shift, int activation, int accumulate, double *sum_g, double *sum_gx);
/* y[r,c] = p[c]*g[r,c] + q[c]*x[r,c] + s[c] (+ y if accumulate): gradient through batch normalisation, once its sums are known. */
void lm_blend(float *y, const float *g, const float *x, size_t rows, size_t channels, const float *p, const float *q,
              const float *s, int accumulate);
/* y[i] += gain * x[i]. */
void lm_add_scaled(float *y, const float *x, float gain, size_t n);
/* Σ x[i]*y[i]. */
double lm_dot(const float *x, const float *y, size_t n);

/* Depthwise convolution without padding: x is an image of rows of x_width positions (padded by the caller), y has height*width
   positions; y[i,j,c] = act(bias[c] + Σ_uv w[u,v,c] * x[i*stride+u, j*stride+v, c]). bias may be NULL. w: [kernel, kernel, channels];
   kernel 3, 5 or 7. */
void lm_depthwise(float *y, int height, int width, const float *x, int x_width, int channels, int kernel, int stride,
                  const float *w, const float *bias, int activation);
/* The same on images whose channels lie in blocks of LM_BLOCK: x holds an image of rows of x_width positions of LM_BLOCK floats for each
   block, `x_block` floats from one to the next; w [blocks, kernel, kernel, LM_BLOCK]; bias, not NULL, as many floats as blocks hold. What
   the last block holds beyond the channels does not matter. y: positions of `channels` floats. */
void lm_depthwise_blocks(float *y, int height, int width, const float *x, int x_width, ptrdiff_t x_block, int channels, int kernel,
                         int stride, const float *w, const float *bias, int activation);
/* dw[u,v,c] += Σ_ij dy[i,j,c] * x[i*stride+u, j*stride+v, c]. */
void lm_depthwise_weights(float *dw, const float *dy, int height, int width, const float *x, int x_width, int channels, int kernel,
                          int stride);
/* dx[i*stride+u, j*stride+v, c] += w[u,v,c] * dy[i,j,c]: the transpose of lm_depthwise. */
void lm_depthwise_scatter(float *dx, int x_width, const float *dy, int height, int width, int channels, int kernel, int stride,
                          const float *w);
/* Copies the kernel*kernel neighbourhoods of a padded image (x_width positions a row) into rows of kernel*kernel*channels floats, for
   output rows i0..i1 of `width` positions: y[(i-i0)*width + j, (u*kernel+v)*channels + c] = x[i*stride+u, j*stride+v, c]. */
void lm_patches(float *y, int i0, int i1, int width, const float *x, int x_width, int channels, int kernel, int stride);
/* The transpose of lm_patches: adds the rows back to dx. */
void lm_patches_add(float *dx, int x_width, const float *dy, int i0, int i1, int width, int channels, int kernel, int stride);
/* y[c,r] = x[r,c]. */
void lm_transpose(float *y, const float *x, int rows, int columns);

/* Heatmaps: `cells` rows of parts*points floats; cell (i,j) of a rows*columns map, part (u,v) of a cell of 2x2 (parts = 4) or the
   cell itself (parts = 1); so a map of side 2*columns lies here without being shuffled. */

/* Softmax over all cells and parts, for every point: p = gain * exp(z - max) / Σ; log_sum[l] = max + ln Σ;
   peak[l] = the highest probability, 1/Σ. */
void lm_spatial_softmax(float *p, float *log_sum, float *peak, const float *z, size_t cells, int parts, int points, float gain);
/* dz = p/gain * (dp*gain - Σ p*dp) for p as above: gradient of the softmax for `dp` with regard to p. Overwrites dz; may be dp. */
void lm_spatial_softmax_backward(float *dz, const float *dp, const float *p, size_t cells, int parts, int points, float gain);
/* xy[l] = Σ p*x / gain, xy[points + l] = Σ p*y / gain: expected position, with px[column], py[row] of the fine map as coordinates, which
   are evenly spaced. */
void lm_expectation(float *xy, const float *p, int rows, int columns, int sub, int points, const float *px, const float *py,
                    float gain);
/* dp += (dxy[l] * px + dxy[points + l] * py) / gain. */
void lm_expectation_backward(float *dp, const float *dxy, int rows, int columns, int sub, int points, const float *px,
                             const float *py, float gain);
/* t = gain * gy[row,l] * gx[column,l], with gx [columns*sub, points] and gy [rows*sub, points]. */
void lm_outer_maps(float *t, int rows, int columns, int sub, int points, const float *gx, const float *gy, float gain);
/* dz = weight * (p/gain - gy*gx); dot[l] = Σ gy*gx*z: cross-entropy to the target gy*gx is log_sum[l] - dot[l]. Overwrites dz. */
void lm_heatmap_loss(float *dz, float *dot, const float *z, const float *p, int rows, int columns, int sub, int points,
                     const float *gx, const float *gy, float gain, float weight);

/* In place softmax of every row of x*scale. */
void lm_row_softmax(float *x, size_t rows, size_t columns, float scale);
/* dx = scale * y * (dy - Σ_row y*dy); may overwrite dy. */
void lm_row_softmax_backward(float *dx, const float *dy, const float *y, size_t rows, size_t columns, float scale);

/* AdamW (Loshchilov and Hutter 2019, algorithm 2) on n weights: m, v moments; correction1 = 1 - beta1^t, correction2 = 1 - beta2^t;
   `clip` multiplies the gradient. */
void lm_adamw(float *w, const float *g, float *m, float *v, size_t n, float rate, float beta1, float beta2, float correction1,
              float correction2, float epsilon, float decay, float clip);
/* y += (x - y) * share. */
void lm_lerp(float *y, const float *x, float share, size_t n);
/* 1 if all x[i] are finite. */
int lm_all_finite(const float *x, size_t n);
