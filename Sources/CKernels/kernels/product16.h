/* Products in 16 bits: see lm_run_product_16. Rows of A are quantised in blocks, each block by its largest number; sums of a tile stay in
   registers as 32-bit integers, which cannot overflow, and become floats again when they are scaled, activated and stored. */

#define BLOCK_ROWS 48
#define BLOCK_NUMBERS 12288

/* The largest quantised input. Times the L1 norm of a column, which packing bounds, it is just below 2^31. */
#define INPUT_TOP 16383
#define COLUMN_TOP 131071

#if VL == 16
#define SUM_VECTORS 3
#define SUM_ROWS(VECTORS) ((VECTORS) == 3 ? 8 : 12)
typedef __m512i vq;
#define ADD_PAIRS(SUM, X, B) _mm512_add_epi32(SUM, _mm512_madd_epi16(X, B))
INLINE vf KERNEL(to_float)(vq x) { return (vf)_mm512_cvtepi32_ps(x); }
INLINE void KERNEL(quantise)(int16_t *q, vf x) { _mm256_storeu_si256((__m256i *)q, _mm512_cvtepi32_epi16(_mm512_cvtps_epi32((__m512)x))); }
#elif VL == 8
#define SUM_VECTORS 2
#define SUM_ROWS(VECTORS) ((VECTORS) == 2 ? 6 : 12)
typedef __m256i vq;
#define ADD_PAIRS(SUM, X, B) _mm256_add_epi32(SUM, _mm256_madd_epi16(X, B))
INLINE vf KERNEL(to_float)(vq x) { return (vf)_mm256_cvtepi32_ps(x); }
INLINE void KERNEL(quantise)(int16_t *q, vf x) {
    const __m256i whole = _mm256_cvtps_epi32((__m256)x);
    _mm_storeu_si128((__m128i *)q, _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1)));
}
#else
#define SUM_VECTORS 2
#define SUM_ROWS(VECTORS) 4
typedef vi vq;
typedef int16_t KERNEL(pairs) __attribute__((vector_size(2 * VL * 2), aligned(4)));
INLINE vq KERNEL(add_pairs)(vq sum, vq x, vq b) {
    const KERNEL(pairs) p = (KERNEL(pairs))x, q = (KERNEL(pairs))b;
#define HALF(V, FIRST) __builtin_convertvector(__builtin_shufflevector(V, V, FIRST, FIRST + 2, FIRST + 4, FIRST + 6), vi)
    return sum + HALF(p, 0) * HALF(q, 0) + HALF(p, 1) * HALF(q, 1);
#undef HALF
}
#define ADD_PAIRS(SUM, X, B) KERNEL(add_pairs)(SUM, X, B)
INLINE vf KERNEL(to_float)(vq x) { return __builtin_convertvector(x, vf); }
INLINE void KERNEL(quantise)(int16_t *q, vf x) {
    for (int l = 0; l < VL; l++) q[l] = (int16_t)__builtin_lrintf(x[l]);
}
#endif
typedef int KERNEL(words) __attribute__((vector_size(VL * 4), aligned(2)));
#define LOAD_PAIRS(P) ((vq) * (const KERNEL(words) *)(P))

/* Vectors of the panel that starts where `left` columns are left; the last may be partly empty. */
INLINE int KERNEL(sum_vectors)(int left) {
    const int vectors = (left + VL - 1) / VL;
    return vectors <= SUM_VECTORS ? vectors : vectors == SUM_VECTORS + 1 ? (vectors + 1) / 2 : SUM_VECTORS;
}

static void KERNEL(pack_product_16)(int16_t *packed, float *scales, const float *b, int depth, int columns) {
    for (int n = 0; n < (columns + LM_PACKED_COLUMNS - 1) / LM_PACKED_COLUMNS * LM_PACKED_COLUMNS; n++) {
        double norm = 0, top = 0;
        for (int k = 0; k < depth && n < columns; k++) {
            const double size = __builtin_fabs(b[(ptrdiff_t)k * columns + n]);
            norm += size, top = size > top ? size : top;
        }
        /* Rounding adds half a unit to each number at most. */
        const double least = norm / (COLUMN_TOP - 0.5 * depth - 1);
        scales[n] = (float)(least > top / 32767 ? least : top / 32767);
    }
    for (int n = 0; n < columns;) {
        const int width = KERNEL(sum_vectors)(columns - n) * VL;
        for (int k = 0; k < depth; k += 2)
            for (int j = n; j < n + width; j++)
                for (int side = k; side < k + 2; side++) {
                    const int known = side < depth && j < columns && scales[j] > 0;
                    *packed++ = known ? (int16_t)__builtin_lrintf(b[(ptrdiff_t)side * columns + j] / scales[j]) : 0;
                }
        n += width;
    }
}

/* Rows of A in work: where they are read, added to and written, and what they are quantised to. */
typedef struct KERNEL(block) {
    int rows, pairs;
    float unit; /* what one quantised step stands for */
    const float *addend[BLOCK_ROWS];
    float *y[BLOCK_ROWS];
    int16_t *q;
} KERNEL(block);

/* Rows r to r + `rows` of a block, columns n to n + vectors*VL; only the lanes in `mask` of the last vector exist. With `places`, the
   numbers of the single row are those pairs alone. */
INLINE void KERNEL(sum_tile)(const int rows, const int vectors, const int masked, const lm_product *p, const KERNEL(block) *block,
                             const int16_t *b, int r, int n, lane_mask mask, const uint16_t *places, int pairs) {
    vq sum[12][SUM_VECTORS] = {0};
    const ptrdiff_t next = 2 * block->pairs;
    const int16_t *a = block->q + r * next;
    for (int k = 0; k < pairs; k++) {
        const ptrdiff_t at = places ? places[k] : k;
        vq column[SUM_VECTORS];
        UNROLL for (int v = 0; v < vectors; v++) column[v] = LOAD_PAIRS(b + (at * vectors + v) * 2 * VL);
        UNROLL for (int i = 0; i < rows; i++) {
            int pair;
            __builtin_memcpy(&pair, a + i * next + 2 * at, sizeof pair);
            const vq x = (vq)(pair - (vi){0});
            UNROLL for (int v = 0; v < vectors; v++) sum[i][v] = ADD_PAIRS(sum[i][v], x, column[v]);
        }
    }
    vf y[12][SUM_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) {
        const vf scale = LOAD(p->scales + n + v * VL) * block->unit, shift = LOAD(p->bias + n + v * VL);
        UNROLL for (int i = 0; i < rows; i++) y[i][v] = KERNEL(to_float)(sum[i][v]) * scale + shift;
    }
    if (p->addend)
        UNROLL for (int i = 0; i < rows; i++)
            UNROLL for (int v = 0; v < vectors; v++) {
                const float *addend = block->addend[r + i] + n + v * VL;
                y[i][v] += masked && v == vectors - 1 ? KERNEL(load_masked)(addend, mask) : LOAD(addend);
            }
    if (p->activation == LM_HARD_SWISH)
        UNROLL for (int i = 0; i < rows; i++)
            UNROLL for (int v = 0; v < vectors; v++) y[i][v] = KERNEL(hard_swish)(y[i][v]);
    UNROLL for (int i = 0; i < rows; i++)
        UNROLL for (int v = 0; v < vectors; v++) {
            float *out = block->y[r + i] + KERNEL(column)(p, n + v * VL);
            if (masked && v == vectors - 1)
                KERNEL(store_masked)(out, y[i][v], mask);
            else
                STORE(out, y[i][v]);
        }
}

/* All rows of a block, one panel: tiles of about the same height. */
#define STRIPE(VECTORS, MASKED, NAME)                                                                                             \
    static void KERNEL(NAME)(const lm_product *p, const KERNEL(block) *block, const int16_t *b, int n, lane_mask mask) {            \
        int tiles = (block->rows + SUM_ROWS(VECTORS) - 1) / SUM_ROWS(VECTORS);                                                    \
        for (int r = 0; tiles > 0; tiles--) {                                                                                     \
            const int height = (block->rows - r + tiles - 1) / tiles;                                                             \
            switch (height) {                                                                                                     \
                TILE(12, VECTORS, MASKED) TILE(11, VECTORS, MASKED) TILE(10, VECTORS, MASKED) TILE(9, VECTORS, MASKED)              \
                TILE(8, VECTORS, MASKED) TILE(7, VECTORS, MASKED) TILE(6, VECTORS, MASKED) TILE(5, VECTORS, MASKED)                \
                TILE(4, VECTORS, MASKED) TILE(3, VECTORS, MASKED) TILE(2, VECTORS, MASKED) TILE(1, VECTORS, MASKED)                \
            }                                                                                                                     \
            r += height;                                                                                                          \
        }                                                                                                                         \
    }
#define TILE(ROWS, VECTORS, MASKED)                                                                                               \
    case ROWS:                                                                                                                    \
        if (ROWS <= SUM_ROWS(VECTORS))                                                                                            \
            KERNEL(sum_tile)(ROWS, VECTORS, MASKED, p, block, b, r, n, mask, NULL, block->pairs);                                 \
        break;
#if SUM_VECTORS == 3
STRIPE(3, 0, sum_stripe3)
STRIPE(3, 1, sum_stripe3_masked)
#endif
STRIPE(2, 0, sum_stripe2)
STRIPE(2, 1, sum_stripe2_masked)
STRIPE(1, 0, sum_stripe1)
STRIPE(1, 1, sum_stripe1_masked)
#undef STRIPE
#undef TILE

/* Which of up to 64 pairs from k on are not zero in one of the rows, as bits. */
INLINE uint64_t KERNEL(used_pairs)(const int16_t *q, ptrdiff_t next, int rows, int k, int pairs) {
    uint64_t used = 0;
    int bit = 0;
#if VL > 4
    for (; bit + VL <= 64 && k + bit + VL <= pairs; bit += VL) {
        vq all = LOAD_PAIRS(q + 2 * (k + bit));
        for (int r = 1; r < rows; r++) all |= LOAD_PAIRS(q + r * next + 2 * (k + bit));
#if VL == 16
        used |= (uint64_t)_mm512_test_epi32_mask(all, all) << bit;
#else
        const __m256i zero = _mm256_cmpeq_epi32(all, _mm256_setzero_si256());
        used |= (uint64_t)(0xFFu & ~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(zero))) << bit;
#endif
    }
#endif
    for (; bit < 64 && k + bit < pairs; bit++)
        for (int r = 0; r < rows; r++)
            if (q[r * next + 2 * (k + bit)] | q[r * next + 2 * (k + bit) + 1]) used |= 1ull << bit;
    return used;
}

/* `rows` rows of a block from r on, all columns, by those pairs alone that are not zero in all of them. */
INLINE void KERNEL(sum_sparse)(const int rows, const lm_product *p, const KERNEL(block) *block, int r) {
    uint16_t places[LM_MAX_DEPTH_16 / 2 + 1];
    const ptrdiff_t next = 2 * block->pairs;
    int count = 0;
    for (int k = 0; k < block->pairs; k += 64) {
        uint64_t used = KERNEL(used_pairs)(block->q + r * next, next, rows, k, block->pairs);
        for (; used; used &= used - 1) places[count++] = (uint16_t)(k + __builtin_ctzll(used));
    }
    const int16_t *b = p->packed_16;
    for (int n = 0; n < p->columns;) {
        const int left = p->columns - n, vectors = KERNEL(sum_vectors)(left), width = vectors * VL;
        const lane_mask mask = KERNEL(mask_of)(left < width ? left - width + VL : VL);
        switch (vectors) {
#if SUM_VECTORS == 3
        case 3: KERNEL(sum_tile)(rows, 3, 1, p, block, b, r, n, mask, places, count); break;
#endif
        case 2: KERNEL(sum_tile)(rows, 2, 1, p, block, b, r, n, mask, places, count); break;
        default: KERNEL(sum_tile)(rows, 1, 1, p, block, b, r, n, mask, places, count);
        }
        b += next * width, n += width;
    }
}

static void KERNEL(sum_sparse_block)(const lm_product *p, const KERNEL(block) *block) {
    int r = 0;
    for (; r + SUM_ROWS(SUM_VECTORS) <= block->rows; r += SUM_ROWS(SUM_VECTORS))
        KERNEL(sum_sparse)(SUM_ROWS(SUM_VECTORS), p, block, r);
    for (; r + 2 <= block->rows; r += 2) KERNEL(sum_sparse)(2, p, block, r);
    for (; r < block->rows; r++) KERNEL(sum_sparse)(1, p, block, r);
}

static void KERNEL(sum_block)(const lm_product *p, const KERNEL(block) *block) {
    if (p->sparse) return KERNEL(sum_sparse_block)(p, block);
    const int16_t *b = p->packed_16;
    for (int n = 0; n < p->columns;) {
        const int left = p->columns - n, vectors = KERNEL(sum_vectors)(left), width = vectors * VL;
        const lane_mask mask = KERNEL(mask_of)(left < width ? left - width + VL : VL);
        switch (vectors * 2 + (left < width)) {
#if SUM_VECTORS == 3
        case 6: KERNEL(sum_stripe3)(p, block, b, n, mask); break;
        case 7: KERNEL(sum_stripe3_masked)(p, block, b, n, mask); break;
#endif
        case 4: KERNEL(sum_stripe2)(p, block, b, n, mask); break;
        case 5: KERNEL(sum_stripe2_masked)(p, block, b, n, mask); break;
        case 2: KERNEL(sum_stripe1)(p, block, b, n, mask); break;
        default: KERNEL(sum_stripe1_masked)(p, block, b, n, mask);
        }
        b += (ptrdiff_t)block->pairs * 2 * width, n += width;
    }
}

INLINE vf KERNEL(size_of)(vf x) { return (vf)((vi)x & 0x7FFFFFFF); }

/* Makes `tops` and `rest` the largest sizes of the numbers seen so far. */
INLINE void KERNEL(see_largest)(vf tops[4], float *rest, const float *x, ptrdiff_t count) {
    ptrdiff_t k = 0;
    for (; k + 4 * VL <= count; k += 4 * VL)
        UNROLL for (int v = 0; v < 4; v++) tops[v] = KERNEL(larger)(tops[v], KERNEL(size_of)(LOAD(x + k + v * VL)));
    for (; k + VL <= count; k += VL) tops[0] = KERNEL(larger)(tops[0], KERNEL(size_of)(LOAD(x + k)));
    for (; k < count; k++) *rest = __builtin_fabsf(x[k]) > *rest ? __builtin_fabsf(x[k]) : *rest;
}

INLINE void KERNEL(quantise_run)(int16_t *q, const float *x, ptrdiff_t count, float factor) {
    ptrdiff_t k = 0;
    for (; k + 2 * VL <= count; k += 2 * VL)
        UNROLL for (int v = 0; v < 2; v++) KERNEL(quantise)(q + k + v * VL, LOAD(x + k + v * VL) * factor);
    for (; k + VL <= count; k += VL) KERNEL(quantise)(q + k, LOAD(x + k) * factor);
    for (; k < count; k++) q[k] = (int16_t)__builtin_lrintf(x[k] * factor);
}

/* Runs BODY for each row of a block that lies in one piece in a strip: `x`, `channels` floats for `q`. Rows that follow each other in memory,
   and fill theirs, are one piece. */
#define EACH_PIECE(...)                                                                                                           \
    for (int s = 0, column = 0; s < p->strip_count; column += p->strips[s++].channels) {                                          \
        const lm_strip *strip = &p->strips[s];                                                                                    \
        const int joined = strip->position == strip->channels && strip->channels == 2 * block->pairs;                             \
        for (int r = 0, i = first / p->positions, j = first % p->positions; r < block->rows; i++, j = 0) {                         \
            const int together = p->positions - j < block->rows - r ? p->positions - j : block->rows - r;                         \
            const ptrdiff_t channels = joined ? together * strip->channels : strip->channels;                                     \
            for (int end = r + together; r < end; r += joined ? together : 1, j++) {                                              \
                const float *x = strip->base + i * strip->line + j * strip->position;                                             \
                int16_t *q = block->q + (ptrdiff_t)r * 2 * block->pairs + column;                                                 \
                __VA_ARGS__                                                                                                       \
            }                                                                                                                     \
        }                                                                                                                         \
    }

/* Quantises rows `first` on of the product, as many as `block` has. */
static void KERNEL(load_block)(const lm_product *p, KERNEL(block) *block, int first, int depth) {
    vf tops[4] = {splat(0), splat(0), splat(0), splat(0)};
    float top = 0;
    EACH_PIECE((void)q; KERNEL(see_largest)(tops, &top, x, channels);)
    const vf all = KERNEL(larger)(KERNEL(larger)(tops[0], tops[1]), KERNEL(larger)(tops[2], tops[3]));
    for (int l = 0; l < VL; l++) top = all[l] > top ? all[l] : top;
    /* Numbers so small that their reciprocal is infinite count as zeros. */
    const float factor = top > 1e-30f ? INPUT_TOP / top : 0;
    block->unit = top / INPUT_TOP;
    EACH_PIECE(KERNEL(quantise_run)(q, x, channels, factor);)
    if (depth & 1)
        for (int r = 0; r < block->rows; r++) block->q[(ptrdiff_t)r * 2 * block->pairs + depth] = 0;
}
#undef EACH_PIECE

/* Notes where the block's rows are written and added to. */
static void KERNEL(place_block)(const lm_product *p, KERNEL(block) *block, int first) {
    const int half = p->addend_halved;
    for (int r = 0, i = first / p->positions, j = first % p->positions; r < block->rows; r++) {
        block->y[r] = p->y + i * p->y_line + j * p->y_position;
        if (p->addend) block->addend[r] = p->addend + (i >> half) * p->addend_line + (j >> half) * p->addend_position;
        if (++j == p->positions) j = 0, i++;
    }
}

static void KERNEL(run_product_16)(const lm_product *p) {
    int16_t numbers[BLOCK_NUMBERS + 2 * VL];
    int depth = 0;
    for (int s = 0; s < p->strip_count; s++) depth += p->strips[s].channels;
    KERNEL(block) block;
    block.pairs = (depth + 1) / 2, block.q = numbers;
    const int all = p->lines * p->positions, room = BLOCK_NUMBERS / (2 * block.pairs + 1);
    const int most = room < BLOCK_ROWS ? room / 12 * 12 : BLOCK_ROWS;
    int blocks = (all + most - 1) / most;
    for (int first = 0; blocks > 0; blocks--, first += block.rows) {
        /* Blocks of about the same height, whole tiles where possible. */
        const int even = (all - first + blocks - 1) / blocks, whole = (even + 11) / 12 * 12;
        block.rows = whole <= most && whole <= all - first ? whole : even;
        KERNEL(load_block)(p, &block, first, depth);
        KERNEL(place_block)(p, &block, first);
        KERNEL(sum_block)(p, &block);
    }
}
#undef BLOCK_ROWS
#undef BLOCK_NUMBERS
#undef INPUT_TOP
#undef COLUMN_TOP
#undef SUM_VECTORS
#undef SUM_ROWS
#undef ADD_PAIRS
#undef LOAD_PAIRS
