#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define VL 8
#define KERNEL(NAME) lm_avx2_##NAME
#include "kernels/level.h"
#pragma clang attribute pop
#endif
