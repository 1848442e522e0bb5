#pragma once
#include <stddef.h>
#include <stdint.h>

/* Products of feature maps with matrices that were packed once: the convolutions of networks that only infer. A map is seen as lines of
   positions, and what is read and written may lie anywhere: maps side by side, blocks of positions, neighbourhoods and padded images
   need no copy. */

/* Columns of A: `channels` floats at base + i*line + j*position for line i and position j. */
typedef struct lm_strip {
    const float *base;
    ptrdiff_t line, position;
    int channels;
} lm_strip;

/* Columns of a block, where blocks of columns lie apart. */
#define LM_BLOCK 16

/* Most strips of a product. */
#define LM_MAX_STRIPS 16

/* For each line i, position j and column n: y[i,j,n] = act(Σ_k A[i,j,k] * B[k,n] + bias[n] + addend[i,j,n]).
   A: the strips side by side. B: as lm_pack_product left it. bias and addend may be NULL; where `addend_halved`, the addend's line and
   position are i/2 and j/2. y must not overlap anything that is read. */
typedef struct lm_product {
    int lines, positions, columns, strip_count;
    lm_strip strips[LM_MAX_STRIPS];
    const float *packed, *bias;
    /* For lm_run_product_16 alone, in place of `packed`. */
    const int16_t *packed_16;
    const float *scales;
    int sparse;
    const float *addend;
    ptrdiff_t addend_line, addend_position;
    int addend_halved, activation;
    float *y;
    ptrdiff_t y_line, y_position;
    /* From a block of LM_BLOCK columns to the next; LM_BLOCK where a position's columns lie side by side. */
    ptrdiff_t y_block;
} lm_product;
