// Private: 16 fp32 lanes (one zmm, two ymm or four NEON registers), and the elementary functions of
// elementary.c over them. Included inside the target attribute of one instruction set.
#pragma once
#include "coefficients.h"
#pragma STDC FP_CONTRACT OFF

// Every function that takes or returns a vector is inlined, so no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

typedef float f16 __attribute__((ext_vector_type(16)));
typedef float f16u __attribute__((ext_vector_type(16), aligned(4)));
typedef float f8 __attribute__((ext_vector_type(8)));
typedef float f4 __attribute__((ext_vector_type(4)));
typedef float f2 __attribute__((ext_vector_type(2)));
typedef int i16 __attribute__((ext_vector_type(16)));
typedef unsigned u16 __attribute__((ext_vector_type(16)));
typedef unsigned long wide16 __attribute__((ext_vector_type(16)));
typedef unsigned short half16 __attribute__((ext_vector_type(16)));
typedef unsigned short half16u __attribute__((ext_vector_type(16), aligned(2)));

INLINE f16 load16(const float *p) { return *(const f16u *)p; }
INLINE void store16(float *p, f16 x) { *(f16u *)p = x; }
INLINE f16 fma16(f16 a, f16 b, f16 c) { return __builtin_elementwise_fma(a, b, c); }
INLINE f16 sqrt16(f16 x) { return __builtin_elementwise_sqrt(x); }
INLINE i16 lane_index(void) { return (i16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}; }
INLINE i16 below(long n) { return lane_index() < (int)n; }
INLINE int any16(i16 mask) { return __builtin_reduce_or(mask) != 0; }

// The first n < 16 lanes; the others are +0, or not stored.
INLINE f16 load_part(const float *p, long n) {
    _Alignas(64) float lanes[16] = {0};
    for (long i = 0; i < n; i++) lanes[i] = p[i];
    return *(const f16 *)lanes;
}

INLINE void store_part(float *p, long n, f16 x) {
    _Alignas(64) float lanes[16];
    *(f16 *)lanes = x;
    for (long i = 0; i < n; i++) p[i] = lanes[i];
}

// RED16's tree, and the same tree of maxima.
INLINE float sum_lanes(f16 x) {
    f8 a = x.lo + x.hi;
    f4 b = a.lo + a.hi;
    f2 c = b.lo + b.hi;
    return c.x + c.y;
}

INLINE float max_lanes(f16 x) {
    f8 a = x.hi > x.lo ? x.hi : x.lo;
    f4 b = a.hi > a.lo ? a.hi : a.lo;
    f2 c = b.hi > b.lo ? b.hi : b.lo;
    return c.y > c.x ? c.y : c.x;
}

INLINE f16 exp16(f16 x) {
    x = x > EXP_LOWEST ? x : (f16)EXP_LOWEST;
    x = x < EXP_HIGHEST ? x : (f16)EXP_HIGHEST;
    f16 t = fma16(x, (f16)LOG2_E, (f16)ROUNDER);
    f16 n = t - ROUNDER;
    f16 r = fma16(n, (f16)-EXP_LN2_HIGH, x);
    r = fma16(n, (f16)-EXP_LN2_LOW, r);
    f16 p = EXP_6;
    p = fma16(p, r, (f16)EXP_5);
    p = fma16(p, r, (f16)EXP_4);
    p = fma16(p, r, (f16)EXP_3);
    p = fma16(p, r, (f16)EXP_2);
    p = fma16(p, r, (f16)1.0f);
    p = fma16(p, r, (f16)1.0f);
    return (f16)((u16)p + ((u16)t << 23));
}

// exp that hands a NaN on instead of clamping it away.
INLINE f16 exp_or_nan16(f16 x) { return x == x ? exp16(x) : x; }

INLINE f16 log16(f16 x) {
    i16 subnormal = x < 0x1p-126f;
    u16 k = (u16)(subnormal ? x * 0x1p23f : x) - LOG_LOWEST_BITS;
    i16 e = ((i16)k >> 23) - (subnormal & 23);
    f16 f = (f16)((k & 0x7FFFFFu) + LOG_LOWEST_BITS) - 1.0f;
    f16 h = f * f, n = __builtin_convertvector(e, f16);
    f16 p = LOG_7;
    p = fma16(p, f, (f16)LOG_6);
    p = fma16(p, f, (f16)LOG_5);
    p = fma16(p, f, (f16)LOG_4);
    p = fma16(p, f, (f16)LOG_3);
    p = fma16(p, f, (f16)LOG_2);
    p = fma16(p, f, (f16)LOG_1);
    p = fma16(p, f, (f16)LOG_0);
    p = fma16(p, f, (f16)-0.5f);
    p = fma16(p, h, f);
    p = fma16(n, (f16)LN2_LOW, p);
    p = fma16(n, (f16)LN2_HIGH, p);
    f16 other = x == 0 ? (f16)-__builtin_inff() : (f16)__builtin_nanf("");
    return x > 0 ? (x < __builtin_inff() ? p : x) : other;
}

INLINE f16 tanh16(f16 x) {
    u16 sign = (u16)x & 0x80000000u;
    f16 a = (f16)((u16)x ^ sign), z = x * x;
    f16 p = TANH_4;
    p = fma16(p, z, (f16)TANH_3);
    p = fma16(p, z, (f16)TANH_2);
    p = fma16(p, z, (f16)TANH_1);
    p = fma16(p, z, (f16)TANH_0);
    f16 small = fma16(a * z, p, a);
    f16 large = 1.0f - 2.0f / (exp16(a + a) + 1.0f);
    return (f16)((u16)(a >= TANH_SPLIT ? large : small) | sign);
}

// sin(x) with quarter = 0, cos(x) with quarter = 1.
INLINE f16 turn16(f16 x, const unsigned quarter) {
    u16 sign = (u16)x & 0x80000000u;
    f16 a = (f16)((u16)x ^ sign);
    f16 t = fma16(a, (f16)TWO_OVER_PI, (f16)ROUNDER);
    f16 n = t - ROUNDER;
    f16 r = fma16(n, (f16)-HALF_PI_HIGH, a);
    r = fma16(n, (f16)-HALF_PI_MIDDLE, r);
    r = fma16(n, (f16)-HALF_PI_LOW, r);
    u16 quadrant = (u16)t + quarter;
    f16 z = r * r;
    f16 s = fma16(fma16((f16)SIN_2, z, (f16)SIN_1), z, (f16)SIN_0);
    s = fma16(r * z, s, r);
    f16 c = fma16(fma16((f16)COS_2, z, (f16)COS_1), z, (f16)COS_0);
    c = fma16(z, fma16(z, c, (f16)-0.5f), (f16)1.0f);
    f16 y = (quadrant & 1) != 0 ? c : s;
    if (quarter) sign = 0;
    y = (f16)((u16)y ^ sign ^ (quadrant & 2) << 30);
    return a <= TURN_MAX ? y : (f16)__builtin_nanf("");
}
