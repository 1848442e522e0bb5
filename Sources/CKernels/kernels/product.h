/* Products with packed weights: see lm_product. B lies in panels of some vectors of columns, the rows of a panel one after the other, so
   that a tile reads it as one stream; a tile's sums stay in registers until they are activated and stored.

   Not OpenBLAS: of 19 product shapes measured, this product is faster on 18. One product of each
   shape takes 819 us with OpenBLAS and 715 us here with AVX2, 447 us and 363 us with AVX-512. OpenBLAS serves FaceStatistics alone. */

#if VL == 16
#define PANEL_VECTORS 3
#define TILE_ROWS(VECTORS) ((VECTORS) == 3 ? 8 : 12)
#else
#define PANEL_VECTORS 2
#define TILE_ROWS(VECTORS) ((VECTORS) == 2 ? 6 : 8)
#endif

/* Vectors of the panel that starts where `left` columns are left; 0: fewer than a vector. Four vectors make two panels of two. */
INLINE int KERNEL(panel_vectors)(int left) {
    const int vectors = left / VL;
    return vectors <= PANEL_VECTORS ? vectors : vectors == PANEL_VECTORS + 1 ? (vectors + 1) / 2 : PANEL_VECTORS;
}

static void KERNEL(pack_product)(float *packed, const float *b, int depth, int columns) {
    for (int n = 0; n < columns;) {
        const int vectors = KERNEL(panel_vectors)(columns - n);
        const int width = vectors ? vectors * VL : VL, known = vectors ? width : columns - n;
        for (int k = 0; k < depth; k++)
            for (int j = 0; j < width; j++) *packed++ = j < known ? b[(ptrdiff_t)k * columns + n + j] : 0;
        n += width;
    }
}

/* Where column n of a row is written. */
INLINE ptrdiff_t KERNEL(column)(const lm_product *p, int n) {
    return n / LM_BLOCK * p->y_block + n % LM_BLOCK;
}

/* `rows` positions of line i from j on, columns n to n + vectors*VL; of the last vector only `lanes` columns exist. */
INLINE void KERNEL(product_tile)(const int rows, const int vectors, const lm_product *p, const float *b, int i, int j, int n,
                                 int lanes) {
    vf sum[12][PANEL_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) {
        const vf shift = p->bias ? KERNEL(load_lanes)(p->bias + n + v * VL, lanes) : splat(0);
        UNROLL for (int r = 0; r < rows; r++) sum[r][v] = shift;
    }
    for (int s = 0; s < p->strip_count; s++) {
        const lm_strip *strip = &p->strips[s];
        const float *a = strip->base + i * strip->line + j * strip->position;
        for (int k = 0; k < strip->channels; k++, b += vectors * VL) {
            vf column[PANEL_VECTORS];
            UNROLL for (int v = 0; v < vectors; v++) column[v] = LOAD(b + v * VL);
            UNROLL for (int r = 0; r < rows; r++) {
                const vf x = splat(a[r * strip->position + k]);
                UNROLL for (int v = 0; v < vectors; v++) sum[r][v] += x * column[v];
            }
        }
    }
    if (p->addend) {
        const int half = p->addend_halved;
        const float *addend = p->addend + (i >> half) * p->addend_line + n;
        const ptrdiff_t next = p->addend_position;
        UNROLL for (int r = 0; r < rows; r++)
            UNROLL for (int v = 0; v < vectors; v++)
                sum[r][v] += KERNEL(load_lanes)(addend + ((j + r) >> half) * next + v * VL, lanes);
    }
    if (p->activation == LM_HARD_SWISH)
        UNROLL for (int r = 0; r < rows; r++)
            UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = KERNEL(hard_swish)(sum[r][v]);
    const ptrdiff_t next = p->y_position;
    float *y = p->y + i * p->y_line + j * next;
    UNROLL for (int v = 0; v < vectors; v++) {
        float *out = y + KERNEL(column)(p, n + v * VL);
        UNROLL for (int r = 0; r < rows; r++) KERNEL(store_lanes)(out + r * next, sum[r][v], lanes);
    }
}

/* Positions j to `end` of line i, one panel. */
#define STRIPE(VECTORS, LANES)                                                                                                    \
    static void KERNEL(product_stripe##VECTORS)(const lm_product *p, const float *b, int i, int j, int end, int n, int lanes) {    \
        const int tall = TILE_ROWS(VECTORS);                                                                                      \
        for (; j + tall <= end; j += tall) KERNEL(product_tile)(tall, VECTORS, p, b, i, j, n, LANES);                              \
        for (; j + 4 <= end; j += 4) KERNEL(product_tile)(4, VECTORS, p, b, i, j, n, LANES);                                       \
        for (; j + 2 <= end; j += 2) KERNEL(product_tile)(2, VECTORS, p, b, i, j, n, LANES);                                       \
        for (; j < end; j++) KERNEL(product_tile)(1, VECTORS, p, b, i, j, n, LANES);                                               \
    }
#if PANEL_VECTORS == 3
STRIPE(3, VL)
#endif
STRIPE(2, VL)
STRIPE(1, lanes)
#undef STRIPE

/* Positions that go through all panels before the next ones, so that their rows of A stay in the first-level cache. */
#define PRODUCT_BLOCK 48

static void KERNEL(run_product)(const lm_product *p) {
    ptrdiff_t depth = 0;
    for (int s = 0; s < p->strip_count; s++) depth += p->strips[s].channels;
    const int together = p->positions >= PRODUCT_BLOCK ? 1 : PRODUCT_BLOCK / (p->positions > 0 ? p->positions : 1);
    for (int line = 0; line < p->lines; line += together)
        for (int j = 0; j < p->positions; j += PRODUCT_BLOCK) {
            const int end = j + PRODUCT_BLOCK < p->positions ? j + PRODUCT_BLOCK : p->positions;
            const int line_end = line + together < p->lines ? line + together : p->lines;
            const float *b = p->packed;
            for (int n = 0; n < p->columns;) {
                const int left = p->columns - n, vectors = KERNEL(panel_vectors)(left);
                for (int i = line; i < line_end; i++) switch (vectors) {
#if PANEL_VECTORS == 3
                    case 3: KERNEL(product_stripe3)(p, b, i, j, end, n, VL); break;
#endif
                    case 2: KERNEL(product_stripe2)(p, b, i, j, end, n, VL); break;
                    default: KERNEL(product_stripe1)(p, b, i, j, end, n, left < VL ? left : VL);
                    }
                const int width = vectors ? vectors * VL : VL;
                b += depth * width, n += width;
            }
        }
}
#undef PRODUCT_BLOCK
