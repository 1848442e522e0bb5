#pragma once
#include "../include/lm_table.h"

extern const struct lm_table lm_plain_table;
#if defined(__x86_64__)
extern const struct lm_table lm_avx2_table, lm_avx512_table;
#endif
