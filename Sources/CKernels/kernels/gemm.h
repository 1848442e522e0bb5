/* Matrix product: panels of up to NV vectors of columns, tiles of rows held in registers. B stays in L1 or L2; A is read by
   broadcasts, so its strides do not matter. */

INLINE void KERNEL(tile)(const int rows, const int vectors, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b,
                         ptrdiff_t b_row, float *c, ptrdiff_t c_row, int accumulate, const float *bias, int activation) {
    vf sum[16][4];
    UNROLL for (int i = 0; i < rows; i++)
        UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = accumulate ? LOAD(c + i * c_row + j * VL) : splat(0);
    for (int p = 0; p < k; p++) {
        vf column[4];
        UNROLL for (int j = 0; j < vectors; j++) column[j] = LOAD(b + p * b_row + j * VL);
        UNROLL for (int i = 0; i < rows; i++) {
            const vf x = splat(a[i * a_row + p * a_col]);
            UNROLL for (int j = 0; j < vectors; j++) sum[i][j] += x * column[j];
        }
    }
    UNROLL for (int j = 0; j < vectors; j++) {
        const vf shift = bias ? LOAD(bias + j * VL) : splat(0);
        UNROLL for (int i = 0; i < rows; i++) {
            vf y = sum[i][j] + shift;
            if (activation == LM_HARD_SWISH) y = KERNEL(hard_swish)(y);
            STORE(c + i * c_row + j * VL, y);
        }
    }
}

/* One panel of columns, all rows. */
#define PANEL(VECTORS, ROWS)                                                                                                      \
    static void KERNEL(panel##VECTORS)(int m, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b,              \
                                       ptrdiff_t b_row, float *c, ptrdiff_t c_row, int accumulate, const float *bias, int act) {    \
        int i = 0;                                                                                                                \
        for (; i + ROWS <= m; i += ROWS)                                                                                          \
            KERNEL(tile)(ROWS, VECTORS, k, a + i * a_row, a_row, a_col, b, b_row, c + i * c_row, c_row, accumulate, bias, act);    \
        for (; i + 4 <= m; i += 4)                                                                                                \
            KERNEL(tile)(4, VECTORS, k, a + i * a_row, a_row, a_col, b, b_row, c + i * c_row, c_row, accumulate, bias, act);       \
        for (; i < m; i++)                                                                                                        \
            KERNEL(tile)(1, VECTORS, k, a + i * a_row, a_row, a_col, b, b_row, c + i * c_row, c_row, accumulate, bias, act);       \
    }
#if VL == 16
PANEL(4, 6)
PANEL(3, 8)
PANEL(2, 12)
PANEL(1, 16)
#else
PANEL(2, 6)
PANEL(1, 8)
#endif
#undef PANEL

/* Columns that do not fill a vector: B, bias and C go through padded copies. */
static void KERNEL(narrow_panel)(int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b,
                                 ptrdiff_t b_row, float *c, ptrdiff_t c_row, int accumulate, const float *bias, int act) {
    float padded_b[GEMM_DEPTH * VL], padded_c[4 * VL], padded_bias[VL] = {0};
    for (int p = 0; p < k; p++)
        for (int j = 0; j < VL; j++) padded_b[p * VL + j] = j < n ? b[p * b_row + j] : 0;
    for (int j = 0; j < n && bias; j++) padded_bias[j] = bias[j];
    for (int i = 0; i < m; i += 4) {
        const int rows = m - i < 4 ? m - i : 4;
        for (int r = 0; r < rows && accumulate; r++)
            for (int j = 0; j < VL; j++) padded_c[r * VL + j] = j < n ? c[(i + r) * c_row + j] : 0;
        KERNEL(panel1)(rows, k, a + i * a_row, a_row, a_col, padded_b, VL, padded_c, VL, accumulate, padded_bias, act);
        for (int r = 0; r < rows; r++)
            for (int j = 0; j < n; j++) c[(i + r) * c_row + j] = padded_c[r * VL + j];
    }
}

static void KERNEL(gemm)(int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b, ptrdiff_t b_row,
                         float *c, ptrdiff_t c_row, int accumulate, const float *bias, int activation) {
    for (int p = 0; p < k || p == 0; p += GEMM_DEPTH) {
        const int depth = k - p < GEMM_DEPTH ? k - p : GEMM_DEPTH, last = p + depth >= k;
        const int adds = accumulate || p > 0, act = last ? activation : LM_IDENTITY;
        const float *ap = a + p * a_col, *bp = b + p * b_row, *shift = last ? bias : NULL;
#define RUN(VECTORS)                                                                                                              \
    for (; j + VECTORS * VL <= n; j += VECTORS * VL)                                                                              \
        KERNEL(panel##VECTORS)(m, depth, ap, a_row, a_col, bp + j, b_row, c + j, c_row, adds, shift ? shift + j : NULL, act);
        int j = 0;
#if VL == 16
        RUN(4) RUN(3)
#endif
        RUN(2) RUN(1)
#undef RUN
        if (j < n)
            KERNEL(narrow_panel)(m, n - j, depth, ap, a_row, a_col, bp + j, b_row, c + j, c_row, adds, shift ? shift + j : NULL, act);
    }
}
