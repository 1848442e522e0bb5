/* Baseline code: four floats a vector, as SSE2 and NEON have them. */
#define VL 4
#define KERNEL(NAME) lm_plain_##NAME
#include "kernels/level.h"
