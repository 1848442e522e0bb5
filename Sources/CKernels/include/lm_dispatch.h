#pragma once

/* Which instruction set the kernels use. Chosen once, at the first call, by what the processor has; the environment
   variable LANDMARKD_KERNELS (plain, avx2, avx512) can lower it. The plain level is baseline code for any machine. */
enum { LM_LEVEL_PLAIN = 0, LM_LEVEL_AVX2 = 1, LM_LEVEL_AVX512 = 2 };

/* The level in use. */
int lm_level(void);
/* Best level of this processor. */
int lm_best_level(void);
/* Uses `level` from now on, or the best the processor has if that is lower; for tests and benchmarks. Returns the level in use. */
int lm_use_level(int level);
/* "plain", "avx2", "avx512". */
const char *lm_level_name(int level);
/* The level of that name, -1 where there is none. */
int lm_level_named(const char *name);
