#include <stdlib.h>
#include <string.h>

#include "include/CKernels.h"
#include "kernels/tables.h"

static const char *const names[] = {"plain", "avx2", "avx512"};
static _Atomic(const struct lm_table *) current;
static _Atomic int current_level = -1;

int lm_best_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return LM_LEVEL_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return LM_LEVEL_AVX2;
#endif
    return LM_LEVEL_PLAIN;
}

const struct lm_table *lm_table_at(int level) {
    static const struct lm_table *const tables[] = {
        &lm_plain_table,
#if defined(__x86_64__)
        &lm_avx2_table, &lm_avx512_table,
#endif
    };
    return level < 0 || level > lm_best_level() ? NULL : tables[level];
}

int lm_use_level(int level) {
    const int best = lm_best_level(), chosen = level < 0 ? 0 : level > best ? best : level;
    current = lm_table_at(chosen);
    current_level = chosen;
    return chosen;
}

const char *lm_level_name(int level) { return level >= 0 && level <= LM_LEVEL_AVX512 ? names[level] : "unknown"; }

int lm_level_named(const char *name) {
    for (int level = 0; level <= LM_LEVEL_AVX512; level++)
        if (!strcmp(name, names[level])) return level;
    return -1;
}

static const struct lm_table *choose(void) {
    const char *asked = getenv("LANDMARKD_KERNELS");
    const int level = asked ? lm_level_named(asked) : -1;
    lm_use_level(level < 0 ? lm_best_level() : level);
    return current;
}

static const struct lm_table *table(void) {
    const struct lm_table *chosen = current;
    return chosen ? chosen : choose();
}

int lm_level(void) {
    table();
    return current_level;
}

#define ENTRY(RESULT, NAME, PARAMETERS, ARGUMENTS) \
    RESULT lm_##NAME PARAMETERS { return table()->NAME ARGUMENTS; }
#include "include/lm_entries.h"
#undef ENTRY

int lm_all_finite(const float *x, size_t n) {
    /* An infinite or undefined number has all exponent bits set. */
    uint32_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, 4);
        bad |= (bits & 0x7F800000u) == 0x7F800000u;
    }
    return !bad;
}
