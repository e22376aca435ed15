// The fused multiply-add of the definitions: one rounding, on any machine, without libm.
#pragma once
#include <stdint.h>
#include <string.h>

static inline float ck_fma(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_fmaf(a, b, c);
#else
    // The product is exact in double. The sum is rounded to odd (its last bit records that something was
    // lost), which makes the second rounding, to float, the only one that counts.
    double product = (double)a * b, addend = c, sum = product + addend;
    double back = sum - product;
    double lost = (product - (sum - back)) + (addend - back);
    if (!(lost < 0) && !(lost > 0)) return (float)sum; // exact, or not finite
    int64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if ((bits & 1) == 0) bits += (lost > 0) == (sum > 0) ? 1 : -1;
    memcpy(&sum, &bits, sizeof bits);
    return (float)sum;
#endif
}

static inline float ck_float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint32_t ck_bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

// q(x) as bits: below 2^-56 in magnitude it is +0, so that no product or sum of a bf16 chain is subnormal.
enum { CK_BF16_TINY = 0x2380 };
static inline uint16_t ck_bf16_of(float x) {
    uint32_t u = ck_bits_of(x), magnitude = u & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(u >> 16 | 0x40); // stays a NaN
    if (magnitude < (uint32_t)CK_BF16_TINY << 16) return 0;
    return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

static inline float ck_widened(uint16_t h) { return ck_float_of((uint32_t)h << 16); }

static inline uint16_t ck_bf16_flushed(uint16_t h) { return (h & 0x7fff) < CK_BF16_TINY ? 0 : h; }
