// Elementary functions: the scalar definitions. Each line below is one correctly rounded operation, so
// every machine gives the same bits; lanes.h holds the same formulas over 16 lanes.
//
//   function  domain             largest error  outside the domain
//   exp       all                0.87 ulp       clamped to [-87.33654, 88.72283], so never 0 or Inf; NaN
//                                               counts as the lower end (operators hand a NaN on)
//   log       all                0.92 ulp       log(+-0) = -Inf, log(+Inf) = +Inf, x < 0 and NaN give NaN
//   tanh      all                1.32 ulp       -0 is kept, tanh(+-Inf) = +-1, tanh(NaN) = NaN
//   sin, cos  |x| <= 131072      1.53 ulp       NaN; sin(-0) = -0
//   exp64     all                0.86 ulp       > 709.79 gives +Inf, < -745.14 gives +0, NaN gives NaN
//   log64     all                0.88 ulp       as log
//   sin64, cos64  |x| <= 2^30    1.48 ulp       NaN
//   pow64     base > 0           exp64(exponent * log64(base)); relative error about
//                                |exponent * log(base)| * 2^-52
//
// Errors are the worst of dense samples against correctly rounded or long-double values (ElementaryTests).
// The polynomials are minimax fits in relative error of the whole function, rounded to fp32; the fp64 ones
// are Taylor series.
#include "include/ck_elementary.h"

#include <stdint.h>
#include "coefficients.h"
#pragma STDC FP_CONTRACT OFF

typedef union number32 {
    float f;
    uint32_t u;
} number32;

typedef union number64 {
    double f;
    uint64_t u;
} number64;

static inline float fma32(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double fma64(double a, double b, double c) { return __builtin_fma(a, b, c); }

float ck_exp(float x) {
    x = x > EXP_LOWEST ? x : EXP_LOWEST;
    x = x < EXP_HIGHEST ? x : EXP_HIGHEST;
    number32 t = {fma32(x, LOG2_E, ROUNDER)};
    float n = t.f - ROUNDER;
    float r = fma32(n, -EXP_LN2_HIGH, x);
    r = fma32(n, -EXP_LN2_LOW, r);
    number32 p = {EXP_6};
    p.f = fma32(p.f, r, EXP_5);
    p.f = fma32(p.f, r, EXP_4);
    p.f = fma32(p.f, r, EXP_3);
    p.f = fma32(p.f, r, EXP_2);
    p.f = fma32(p.f, r, 1.0f);
    p.f = fma32(p.f, r, 1.0f);
    p.u += t.u << 23;
    return p.f;
}

// x = 2^e * m with m in [sqrt(1/2), sqrt(2)); f = m - 1 is exact;
// log(x) = e * ln 2 + (f + f*f * (f * P(f) - 1/2))
float ck_log(float x) {
    int subnormal = x < 0x1p-126f;
    number32 y = {subnormal ? x * 0x1p23f : x};
    uint32_t k = y.u - LOG_LOWEST_BITS;
    int32_t e = ((int32_t)k >> 23) - (subnormal ? 23 : 0);
    number32 m = {.u = (k & 0x7FFFFF) + LOG_LOWEST_BITS};
    float f = m.f - 1.0f, h = f * f, n = (float)e;
    float p = LOG_7;
    p = fma32(p, f, LOG_6);
    p = fma32(p, f, LOG_5);
    p = fma32(p, f, LOG_4);
    p = fma32(p, f, LOG_3);
    p = fma32(p, f, LOG_2);
    p = fma32(p, f, LOG_1);
    p = fma32(p, f, LOG_0);
    p = fma32(p, f, -0.5f);
    p = fma32(p, h, f);
    p = fma32(n, LN2_LOW, p);
    p = fma32(n, LN2_HIGH, p);
    if (x > 0) return x < __builtin_inff() ? p : x;
    return x == 0 ? -__builtin_inff() : __builtin_nanf("");
}

// a = |x| < 0.625: a + a*z * P(z), z = x*x; else 1 - 2 / (exp(2a) + 1); then the sign of x.
float ck_tanh(float x) {
    number32 a = {x};
    uint32_t sign = a.u & 0x80000000u;
    a.u ^= sign;
    float z = x * x;
    float p = TANH_4;
    p = fma32(p, z, TANH_3);
    p = fma32(p, z, TANH_2);
    p = fma32(p, z, TANH_1);
    p = fma32(p, z, TANH_0);
    float small = fma32(a.f * z, p, a.f);
    float large = 1.0f - 2.0f / (ck_exp(a.f + a.f) + 1.0f);
    number32 y = {a.f >= TANH_SPLIT ? large : small};
    y.u |= sign;
    return y.f;
}

// x >= 0 less its nearest multiple of pi/2, and that multiple modulo 4 in the low bits of *quadrant.
static float reduced(float x, uint32_t *quadrant) {
    number32 t = {fma32(x, TWO_OVER_PI, ROUNDER)};
    float n = t.f - ROUNDER;
    *quadrant = t.u;
    float r = fma32(n, -HALF_PI_HIGH, x);
    r = fma32(n, -HALF_PI_MIDDLE, r);
    return fma32(n, -HALF_PI_LOW, r);
}

// sin(r) in even quadrants, cos(r) in odd ones, negated in quadrants 2 and 3; then the sign bit is joined.
static float turned(float r, uint32_t quadrant, uint32_t sign) {
    float z = r * r;
    float s = fma32(fma32(SIN_2, z, SIN_1), z, SIN_0);
    s = fma32(r * z, s, r);
    float c = fma32(fma32(COS_2, z, COS_1), z, COS_0);
    c = fma32(z, fma32(z, c, -0.5f), 1.0f);
    number32 y = {quadrant & 1 ? c : s};
    y.u ^= sign ^ (quadrant & 2) << 30;
    return y.f;
}

float ck_sin(float x) {
    number32 a = {x};
    uint32_t sign = a.u & 0x80000000u, quadrant;
    a.u ^= sign;
    float y = turned(reduced(a.f, &quadrant), quadrant, sign);
    return a.f <= TURN_MAX ? y : __builtin_nanf("");
}

float ck_cos(float x) {
    number32 a = {x};
    a.u &= 0x7FFFFFFFu;
    uint32_t quadrant;
    float r = reduced(a.f, &quadrant);
    float y = turned(r, quadrant + 1, 0);
    return a.f <= TURN_MAX ? y : __builtin_nanf("");
}

static double power_of_two(int64_t n) { return (number64){.u = (uint64_t)(n + 1023) << 52}.f; }

double ck_exp64(double x) {
    static const double c[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
                               1.0 / 362880,     1.0 / 40320,     1.0 / 5040,     1.0 / 720,
                               1.0 / 120,        1.0 / 24,        1.0 / 6,        0.5, 1.0, 1.0};
    if (x != x) return x;
    if (x > 709.79) return __builtin_inf();
    if (x < -745.14) return 0;
    double n = fma64(x, LOG2_E_64, ROUNDER_64) - ROUNDER_64;
    double r = fma64(n, -LN2_HIGH_64, x);
    r = fma64(n, -LN2_LOW_64, r);
    double p = c[0];
    for (int i = 1; i < 14; i++) p = fma64(p, r, c[i]);
    int64_t whole = (int64_t)n, half = whole / 2; // in two steps: 2^n alone may not be a number
    return p * power_of_two(half) * power_of_two(whole - half);
}

// As ck_log; log(1 + f) = 2 artanh(s), s = f / (2 + f).
double ck_log64(double x) {
    if (!(x > 0)) return x == 0 ? -__builtin_inf() : __builtin_nan("");
    if (x == __builtin_inf()) return x;
    int subnormal = x < 0x1p-1022;
    number64 y = {subnormal ? x * 0x1p52 : x};
    uint64_t k = y.u - LOG_LOWEST_BITS_64;
    int64_t e = ((int64_t)k >> 52) - (subnormal ? 52 : 0);
    number64 m = {.u = (k & 0xFFFFFFFFFFFFFull) + LOG_LOWEST_BITS_64};
    double f = m.f - 1.0, s = f / (2.0 + f), z = s * s, n = (double)e;
    double p = 2.0 / 25;
    for (int odd = 23; odd >= 3; odd -= 2) p = fma64(p, z, 2.0 / odd);
    // log(1 + f) = f - s * (f - z*p): the leading term is exact
    double tail = fma64(n, LN2_LOW_64, -(s * fma64(-z, p, f)));
    return fma64(n, LN2_HIGH_64, f + tail);
}

static double reduced64(double x, uint64_t *quadrant) {
    number64 t = {fma64(x, TWO_OVER_PI_64, ROUNDER_64)};
    double n = t.f - ROUNDER_64;
    *quadrant = t.u;
    double r = fma64(n, -HALF_PI_HIGH_64, x);
    r = fma64(n, -HALF_PI_MIDDLE_64, r);
    return fma64(n, -HALF_PI_LOW_64, r);
}

static double turned64(double r, uint64_t quadrant) {
    static const double s[] = {1.0 / 355687428096000, -1.0 / 1307674368000, 1.0 / 6227020800,
                               -1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6};
    static const double c[] = {-1.0 / 6402373705728000, 1.0 / 20922789888000, -1.0 / 87178291200,
                               1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320, -1.0 / 720, 1.0 / 24};
    double z = r * r, p = s[0], q = c[0];
    for (int i = 1; i < 8; i++) {
        p = fma64(p, z, s[i]);
        q = fma64(q, z, c[i]);
    }
    double y = quadrant & 1 ? fma64(z, fma64(z, q, -0.5), 1.0) : fma64(r * z, p, r);
    return quadrant & 2 ? -y : y;
}

double ck_sin64(double x) {
    uint64_t quadrant;
    double r = reduced64(x, &quadrant);
    if (!(x <= TURN_MAX_64 && x >= -TURN_MAX_64)) return __builtin_nan("");
    return x == 0 ? x : turned64(r, quadrant);
}

double ck_cos64(double x) {
    uint64_t quadrant;
    double r = reduced64(x, &quadrant);
    if (!(x <= TURN_MAX_64 && x >= -TURN_MAX_64)) return __builtin_nan("");
    return turned64(r, quadrant + 1);
}

double ck_pow64(double base, double exponent) { return ck_exp64(exponent * ck_log64(base)); }
