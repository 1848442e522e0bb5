#pragma once
#include <stdint.h>

enum { noise_lanes = 16 };

/// Seeds 16 xorshift32 generators by SplitMix64; none starts at 0.
static inline void seed_noise(uint32_t state[noise_lanes], uint64_t seed) {
    for (int k = 0; k < noise_lanes; k++) {
        seed += 0x9E3779B97F4A7C15u;
        uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        state[k] = (uint32_t)(z >> 32) | 1u;
    }
}

static inline uint32_t next_noise(uint32_t s) {
    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    return s;
}

/// Four bytes' sum to mean 0 and variance 1: each has mean 127.5 and variance (256² − 1)/12.
static inline float noise_value(uint32_t s) {
    int32_t sum = (int32_t)((s & 255) + (s >> 8 & 255) + (s >> 16 & 255) + (s >> 24));
    return (float)(sum - 510) * 0.0067659f;
}
