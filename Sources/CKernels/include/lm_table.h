#pragma once
#include <stddef.h>
#include "lm_augment.h"
#include "lm_crop.h"
#include "lm_product.h"

/* More points than any scheme has: bounds the arrays that heatmap kernels keep on the stack. */
#define LM_MAX_POINTS 512
#define LM_MAX_CELL (4 * LM_MAX_POINTS)

/* One pointer a kernel; one table an instruction set. */
struct lm_table {
    /* Whether lm_run_product_16 is faster than lm_run_product at depths of some two dozen and more. */
    int prefers_16_bits;
#define ENTRY(RESULT, NAME, PARAMETERS, ARGUMENTS) RESULT(*NAME) PARAMETERS;
#include "lm_entries.h"
#undef ENTRY
};

/* The kernels of one level, whichever is in use; NULL where the processor lacks it. For tests. */
const struct lm_table *lm_table_at(int level);
