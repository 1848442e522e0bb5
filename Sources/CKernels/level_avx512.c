#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#define VL 16
#define KERNEL(NAME) lm_avx512_##NAME
#include "kernels/level.h"
#pragma clang attribute pop
#endif
