#pragma once
#include <stddef.h>

/* More points than any scheme has: bounds the arrays that heatmap kernels keep on the stack. */
#define LM_MAX_POINTS 512

/* One pointer a kernel; one table an instruction set. */
struct lm_table {
#define ENTRY(RESULT, NAME, PARAMETERS, ARGUMENTS) RESULT(*NAME) PARAMETERS;
#include "entries.h"
#undef ENTRY
};

extern const struct lm_table lm_plain_table;
#if defined(__x86_64__)
extern const struct lm_table lm_avx2_table, lm_avx512_table;
#endif
