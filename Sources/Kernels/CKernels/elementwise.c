// Elementwise operators: the scalar definition of each, and their division among threads.
//
// A NaN in gives a NaN out, except where a comparison decides (min, max, step, clamp: the second operand
// or the number itself, as written). exp saturates as ck_exp does, so sigmoid never reaches 0:
//     e = exp(-x), but a NaN is handed on;   sigmoid = 1 / (1 + e);   silu = x / (1 + e)
//     gelu = x / (1 + exp(-(x * fma(x*x, k1, k0))))      (tanh form; k0 = 2 sqrt(2/pi), k1 = 0.044715 k0)
//     silu' = s * fma(x, e * s, 1),  e = exp(-x),  s = 1 / (1 + e)      (e * s is 1 - s without cancellation)
//     gelu' = fma(c * q, fma(c*c, 3 k1, k0), s),  c = x clamped to [-16, 16],
//             e = exp(-(c * fma(c*c, k1, k0))),  s = 1 / (1 + e),  q = s * (e * s)
//     swiglu = silu(gate) * up;  d_up = dy * (gate * s);  d_gate = (dy * up) * silu'(gate)
#include "include/ck_elementwise.h"

#include <stdatomic.h>
#include <string.h>
#include "coefficients.h"
#include "fused.h"
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

enum { PIECE = 8192 };

static float sigmoid(float x) { return 1.0f / (1.0f + exp_or_nan(-x)); }
static float silu(float x) { return x / (1.0f + exp_or_nan(-x)); }

static float silu_slope(float x) {
    float e = exp_or_nan(-x), s = 1.0f / (1.0f + e);
    return s * __builtin_fmaf(x, e * s, 1.0f);
}

static float gelu(float x) {
    float u = x * __builtin_fmaf(x * x, GELU_1, GELU_0);
    return x / (1.0f + exp_or_nan(-u));
}

static float gelu_slope(float x) {
    float c = x < -GELU_FLAT ? -GELU_FLAT : x > GELU_FLAT ? GELU_FLAT : x, z = c * c;
    float e = exp_or_nan(-(c * __builtin_fmaf(z, GELU_1, GELU_0))), s = 1.0f / (1.0f + e);
    float q = s * (e * s);
    return __builtin_fmaf(c * q, __builtin_fmaf(z, GELU_SLOPE_1, GELU_0), s);
}

// A stored NaN has one form; a product's operand keeps its own.
static uint16_t bf16_of(float x) { return x != x ? 0x7FC0 : ck_bf16_of(x); }

static float unary(ck_unary f, float x) {
    switch (f) {
    case CK_NEG: return -x;
    case CK_ABS: return __builtin_fabsf(x);
    case CK_EXP: return exp_or_nan(x);
    case CK_LOG: return ck_log(x);
    case CK_TANH: return ck_tanh(x);
    case CK_SIGMOID: return sigmoid(x);
    case CK_SILU: return silu(x);
    case CK_GELU: return gelu(x);
    case CK_RELU: return x < 0 ? 0 : x;
    case CK_SQUARE: return x * x;
    case CK_SQRT: return __builtin_sqrtf(x);
    case CK_RECIPROCAL: return 1.0f / x;
    case CK_SIN: return ck_sin(x);
    case CK_COS: return ck_cos(x);
    case CK_ROUND_BF16: return ck_widened(bf16_of(x));
    }
    return __builtin_nanf(""); // not a function of ours: a fault, not a guess
}

static float binary(ck_binary f, float a, float b) {
    switch (f) {
    case CK_ADD: return a + b;
    case CK_SUB: return a - b;
    case CK_MUL: return a * b;
    case CK_DIV: return a / b;
    case CK_MIN: return a < b ? a : b;
    case CK_MAX: return a > b ? a : b;
    case CK_SILU_GRAD: return b * silu_slope(a);
    case CK_GELU_GRAD: return b * gelu_slope(a);
    case CK_STEP: return a < b ? 1 : 0;
    }
    return __builtin_nanf("");
}

static void unary_all(ck_unary f, long n, const float *a, float *y) {
    for (long i = 0; i < n; i++) y[i] = unary(f, a[i]);
}

static void binary_all(ck_binary f, long n, const float *a, const float *b, int b_step, float *y) {
    for (long i = 0; i < n; i++) y[i] = binary(f, a[i], b[i * b_step]);
}

static void affine_all(long n, const float *a, float scale, float offset, float *y) {
    for (long i = 0; i < n; i++) y[i] = __builtin_fmaf(a[i], scale, offset);
}

static void clamp_all(long n, const float *a, float lo, float hi, float *y) {
    for (long i = 0; i < n; i++) y[i] = a[i] < lo ? lo : a[i] > hi ? hi : a[i];
}

static void select_all(long n, const float *condition, const float *a, const float *b, float *y) {
    for (long i = 0; i < n; i++) y[i] = condition[i] != 0 ? a[i] : b[i];
}

static void swiglu_all(long n, const float *gate, const float *up, float *y) {
    for (long i = 0; i < n; i++) y[i] = silu(gate[i]) * up[i];
}

static void swiglu_backward_all(long n, const float *gate, const float *up, const float *dy, float *d_gate,
                                float *d_up) {
    for (long i = 0; i < n; i++) {
        float g = gate[i], u = up[i], d = dy[i];
        d_gate[i] = (d * u) * silu_slope(g);
        d_up[i] = d * (g * sigmoid(g));
    }
}

static void to_bf16_all(long n, const float *a, uint16_t *y) {
    for (long i = 0; i < n; i++) {
        y[i] = bf16_of(a[i]);
    }
}

static void from_bf16_all(long n, const uint16_t *a, float *y) {
    for (long i = 0; i < n; i++) {
        y[i] = ck_widened(a[i]);
    }
}

static long first_fault(long n, const float *a) {
    for (long i = 0; i < n; i++)
        if ((ck_bits_of(a[i]) & 0x7F800000) == 0x7F800000) return i;
    return -1;
}

const elementwise_kernels ck_elementwise_scalar = {
    unary_all, binary_all, affine_all, clamp_all, select_all, swiglu_all, swiglu_backward_all,
    to_bf16_all, from_bf16_all, first_fault,
};

// One description serves all operators: what is not asked for stays empty.
typedef struct elementwise {
    const elementwise_kernels *k;
    int f;
    long n, b_row; // rows of n elements; b advances b_row per row and b_step per element
    int b_step;
    float lo, hi;
    const float *a, *b, *c;
    const uint16_t *a16;
    float *y, *z;
    uint16_t *y16;
} elementwise;

static const elementwise_kernels *kernels(ck_context *x) { return ck_rows(ck_context_isa(x))->elementwise; }

static void unary_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->unary((ck_unary)e->f, to - from, e->a + from, e->y + from);
}
void ck_unary_f32(ck_context *x, ck_unary f, long n, const float *a, float *y) {
    elementwise e = {.k = kernels(x), .f = (int)f, .a = a, .y = y};
    ck_ranges(x, n, PIECE, unary_job, &e);
}

static void binary_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->binary((ck_binary)e->f, to - from, e->a + from, e->b + from * e->b_step, e->b_step, e->y + from);
}
void ck_binary_f32(ck_context *x, ck_binary f, long n, const float *a, const float *b, float *y) {
    elementwise e = {.k = kernels(x), .f = (int)f, .a = a, .b = b, .b_step = 1, .y = y};
    ck_ranges(x, n, PIECE, binary_job, &e);
}
void ck_scale_by_f32(ck_context *x, long n, const float *scale, const float *b, float *y) {
    elementwise e = {.k = kernels(x), .f = CK_MUL, .a = b, .b = scale, .b_step = 0, .y = y};
    ck_ranges(x, n, PIECE, binary_job, &e);
}

static void binary_rows_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    for (long r = from; r < to; r++)
        e->k->binary((ck_binary)e->f, e->n, e->a + r * e->n, e->b + r * e->b_row, e->b_step, e->y + r * e->n);
}
void ck_binary_row_f32(ck_context *x, ck_binary f, long rows, long n, const float *a, const float *b,
                       float *y) {
    elementwise e = {.k = kernels(x), .f = (int)f, .n = n, .a = a, .b = b, .b_step = 1, .y = y};
    ck_ranges(x, rows, rows_grain(n), binary_rows_job, &e);
}
void ck_binary_column_f32(ck_context *x, ck_binary f, long rows, long n, const float *a, const float *b,
                          float *y) {
    elementwise e = {.k = kernels(x), .f = (int)f, .n = n, .a = a, .b = b, .b_row = 1, .y = y};
    ck_ranges(x, rows, rows_grain(n), binary_rows_job, &e);
}

static void affine_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->affine(to - from, e->a + from, e->lo, e->hi, e->y + from);
}
void ck_affine_f32(ck_context *x, long n, const float *a, float scale, float offset, float *y) {
    elementwise e = {.k = kernels(x), .lo = scale, .hi = offset, .a = a, .y = y};
    ck_ranges(x, n, PIECE, affine_job, &e);
}

static void clamp_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->clamp(to - from, e->a + from, e->lo, e->hi, e->y + from);
}
void ck_clamp_f32(ck_context *x, long n, const float *a, float lo, float hi, float *y) {
    elementwise e = {.k = kernels(x), .lo = lo, .hi = hi, .a = a, .y = y};
    ck_ranges(x, n, PIECE, clamp_job, &e);
}

static void select_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->select(to - from, e->c + from, e->a + from, e->b + from, e->y + from);
}
void ck_select_f32(ck_context *x, long n, const float *condition, const float *a, const float *b, float *y) {
    elementwise e = {.k = kernels(x), .a = a, .b = b, .c = condition, .y = y};
    ck_ranges(x, n, PIECE, select_job, &e);
}

static void swiglu_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->swiglu(to - from, e->a + from, e->b + from, e->y + from);
}
void ck_swiglu_f32(ck_context *x, long n, const float *gate, const float *up, float *y) {
    elementwise e = {.k = kernels(x), .a = gate, .b = up, .y = y};
    ck_ranges(x, n, PIECE, swiglu_job, &e);
}

static void swiglu_backward_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->swiglu_backward(to - from, e->a + from, e->b + from, e->c + from, e->y + from, e->z + from);
}
void ck_swiglu_backward_f32(ck_context *x, long n, const float *gate, const float *up, const float *dy,
                            float *d_gate, float *d_up) {
    elementwise e = {.k = kernels(x), .a = gate, .b = up, .c = dy, .y = d_gate, .z = d_up};
    ck_ranges(x, n, PIECE, swiglu_backward_job, &e);
}

static void to_bf16_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->to_bf16(to - from, e->a + from, e->y16 + from);
}
void ck_f32_to_bf16(ck_context *x, long n, const float *a, uint16_t *y) {
    elementwise e = {.k = kernels(x), .a = a, .y16 = y};
    ck_ranges(x, n, PIECE, to_bf16_job, &e);
}

static void from_bf16_job(const void *arg, long from, long to) {
    const elementwise *e = arg;
    e->k->from_bf16(to - from, e->a16 + from, e->y + from);
}
void ck_bf16_to_f32(ck_context *x, long n, const uint16_t *a, float *y) {
    elementwise e = {.k = kernels(x), .a16 = a, .y = y};
    ck_ranges(x, n, PIECE, from_bf16_job, &e);
}

typedef struct fault_search {
    const elementwise_kernels *k;
    const float *a;
    atomic_long *first; // n: none so far
} fault_search;

static void fault_job(const void *arg, long from, long to) {
    const fault_search *s = arg;
    if (atomic_load_explicit(s->first, memory_order_relaxed) < from) return;
    long found = s->k->first_fault(to - from, s->a + from);
    if (found < 0) return;
    found += from;
    long first = atomic_load(s->first);
    while (found < first && !atomic_compare_exchange_weak(s->first, &first, found)) {}
}
long ck_first_fault_f32(ck_context *x, long n, const float *a) {
    atomic_long first = n;
    fault_search s = {.k = kernels(x), .a = a, .first = &first};
    ck_ranges(x, n, PIECE, fault_job, &s);
    return first < n ? first : -1;
}
