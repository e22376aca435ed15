// Vector code of the elementwise operators. See elementwise.c for the definitions.

INLINE f16 sigmoid16(f16 x) { return 1.0f / (1.0f + exp_or_nan16(-x)); }
INLINE f16 silu16(f16 x) { return x / (1.0f + exp_or_nan16(-x)); }

// e = exp(-x), s = sigmoid(x)
INLINE f16 silu_slope16(f16 x, f16 e, f16 s) { return s * fma16(x, e * s, (f16)1.0f); }

INLINE f16 gelu16(f16 x) {
    f16 u = x * fma16(x * x, (f16)GELU_1, (f16)GELU_0);
    return x / (1.0f + exp_or_nan16(-u));
}

INLINE f16 gelu_slope16(f16 x) {
    f16 c = x < -GELU_FLAT ? (f16)-GELU_FLAT : x > GELU_FLAT ? (f16)GELU_FLAT : x, z = c * c;
    f16 e = exp_or_nan16(-(c * fma16(z, (f16)GELU_1, (f16)GELU_0))), s = 1.0f / (1.0f + e);
    f16 q = s * (e * s);
    return fma16(c * q, fma16(z, (f16)GELU_SLOPE_1, (f16)GELU_0), s);
}

INLINE half16 bf16_of(f16 x) {
    u16 u = (u16)x;
    u16 rounded = (u + 0x7FFFu + (u >> 16 & 1)) >> 16;
    rounded = __builtin_elementwise_abs(x) < 0x1p-56f ? (u16)0 : rounded;
    rounded = x != x ? (u16)0x7FC0 : rounded;
    return __builtin_convertvector(rounded, half16);
}

INLINE f16 widened16(half16 x) { return (f16)(__builtin_convertvector(x, u16) << 16); }

INLINE f16 unary16(const ck_unary f, f16 x) {
    switch (f) {
    case CK_NEG: return -x;
    case CK_ABS: return __builtin_elementwise_abs(x);
    case CK_EXP: return exp_or_nan16(x);
    case CK_LOG: return log16(x);
    case CK_TANH: return tanh16(x);
    case CK_SIGMOID: return sigmoid16(x);
    case CK_SILU: return silu16(x);
    case CK_GELU: return gelu16(x);
    case CK_RELU: return x < 0 ? (f16)0 : x;
    case CK_SQUARE: return x * x;
    case CK_SQRT: return sqrt16(x);
    case CK_RECIPROCAL: return 1.0f / x;
    case CK_SIN: return turn16(x, 0);
    case CK_COS: return turn16(x, 1);
    case CK_ROUND_BF16: return widened16(bf16_of(x));
    }
    return (f16)__builtin_nanf("");
}

INLINE f16 silu_gradient16(f16 x, f16 dy) {
    f16 e = exp_or_nan16(-x);
    return dy * silu_slope16(x, e, 1.0f / (1.0f + e));
}

INLINE f16 binary16(const ck_binary f, f16 a, f16 b) {
    switch (f) {
    case CK_ADD: return a + b;
    case CK_SUB: return a - b;
    case CK_MUL: return a * b;
    case CK_DIV: return a / b;
    case CK_MIN: return a < b ? a : b;
    case CK_MAX: return a > b ? a : b;
    case CK_SILU_GRAD: return silu_gradient16(a, b);
    case CK_GELU_GRAD: return b * gelu_slope16(a);
    case CK_STEP: return a < b ? (f16)1 : (f16)0;
    }
    return (f16)__builtin_nanf("");
}

INLINE void unary_loop(const ck_unary f, long n, const float *a, float *y) {
    long i = 0;
    for (; i + 16 <= n; i += 16) store16(y + i, unary16(f, load16(a + i)));
    if (i < n) store_part(y + i, n - i, unary16(f, load_part(a + i, n - i)));
}

static void unary_all(ck_unary f, long n, const float *a, float *y) {
    switch (f) {
#define UNARY(name) case name: unary_loop(name, n, a, y); return;
    UNARY(CK_NEG) UNARY(CK_ABS) UNARY(CK_EXP) UNARY(CK_LOG) UNARY(CK_TANH) UNARY(CK_SIGMOID)
    UNARY(CK_SILU) UNARY(CK_GELU) UNARY(CK_RELU) UNARY(CK_SQUARE) UNARY(CK_SQRT) UNARY(CK_RECIPROCAL)
    UNARY(CK_SIN) UNARY(CK_COS) UNARY(CK_ROUND_BF16)
#undef UNARY
    }
    unary_loop((ck_unary)-1, n, a, y);
}

INLINE void binary_loop(const ck_binary f, long n, const float *a, const float *b, int b_step, float *y) {
    long i = 0;
    if (!b_step) {
        f16 all = *b;
        for (; i + 16 <= n; i += 16) store16(y + i, binary16(f, load16(a + i), all));
        if (i < n) store_part(y + i, n - i, binary16(f, load_part(a + i, n - i), all));
        return;
    }
    for (; i + 16 <= n; i += 16) store16(y + i, binary16(f, load16(a + i), load16(b + i)));
    if (i < n) store_part(y + i, n - i, binary16(f, load_part(a + i, n - i), load_part(b + i, n - i)));
}

static void binary_all(ck_binary f, long n, const float *a, const float *b, int b_step, float *y) {
    switch (f) {
#define BINARY(name) case name: binary_loop(name, n, a, b, b_step, y); return;
    BINARY(CK_ADD) BINARY(CK_SUB) BINARY(CK_MUL) BINARY(CK_DIV) BINARY(CK_MIN) BINARY(CK_MAX)
    BINARY(CK_SILU_GRAD) BINARY(CK_GELU_GRAD) BINARY(CK_STEP)
#undef BINARY
    }
    binary_loop((ck_binary)-1, n, a, b, b_step, y);
}

static void affine_all(long n, const float *a, float scale, float offset, float *y) {
    f16 s = scale, o = offset;
    long i = 0;
    for (; i + 16 <= n; i += 16) store16(y + i, fma16(load16(a + i), s, o));
    if (i < n) store_part(y + i, n - i, fma16(load_part(a + i, n - i), s, o));
}

INLINE f16 clamp16(f16 x, f16 lo, f16 hi) { return x < lo ? lo : x > hi ? hi : x; }

static void clamp_all(long n, const float *a, float lo, float hi, float *y) {
    f16 l = lo, h = hi;
    long i = 0;
    for (; i + 16 <= n; i += 16) store16(y + i, clamp16(load16(a + i), l, h));
    if (i < n) store_part(y + i, n - i, clamp16(load_part(a + i, n - i), l, h));
}

static void select_all(long n, const float *condition, const float *a, const float *b, float *y) {
    long i = 0;
    for (; i + 16 <= n; i += 16)
        store16(y + i, load16(condition + i) != 0 ? load16(a + i) : load16(b + i));
    for (; i < n; i++) y[i] = condition[i] != 0 ? a[i] : b[i];
}

static void swiglu_all(long n, const float *gate, const float *up, float *y) {
    long i = 0;
    for (; i + 16 <= n; i += 16) store16(y + i, silu16(load16(gate + i)) * load16(up + i));
    if (i < n) store_part(y + i, n - i, silu16(load_part(gate + i, n - i)) * load_part(up + i, n - i));
}

INLINE void swiglu_gradients(f16 g, f16 u, f16 d, f16 *d_gate, f16 *d_up) {
    f16 e = exp_or_nan16(-g), s = 1.0f / (1.0f + e);
    *d_gate = (d * u) * silu_slope16(g, e, s);
    *d_up = d * (g * s);
}

static void swiglu_backward_all(long n, const float *gate, const float *up, const float *dy, float *d_gate,
                                float *d_up) {
    long i = 0;
    f16 dg, du;
    for (; i + 16 <= n; i += 16) {
        swiglu_gradients(load16(gate + i), load16(up + i), load16(dy + i), &dg, &du);
        store16(d_gate + i, dg);
        store16(d_up + i, du);
    }
    if (i == n) return;
    long m = n - i;
    swiglu_gradients(load_part(gate + i, m), load_part(up + i, m), load_part(dy + i, m), &dg, &du);
    store_part(d_gate + i, m, dg);
    store_part(d_up + i, m, du);
}

static void to_bf16_all(long n, const float *a, uint16_t *y) {
    long i = 0;
    for (; i + 16 <= n; i += 16) *(half16u *)(y + i) = bf16_of(load16(a + i));
    if (i == n) return;
    _Alignas(32) uint16_t lanes[16];
    *(half16 *)lanes = bf16_of(load_part(a + i, n - i));
    for (long j = i; j < n; j++) y[j] = lanes[j - i];
}

static void from_bf16_all(long n, const uint16_t *a, float *y) {
    long i = 0;
    for (; i + 16 <= n; i += 16)
        store16(y + i, widened16(*(const half16u *)(a + i)));
    for (; i < n; i++) {
        union { unsigned u; float f; } x = {(unsigned)a[i] << 16};
        y[i] = x.f;
    }
}

static long first_fault(long n, const float *a) {
    long i = 0;
    for (; i + 16 <= n; i += 16)
        if (any16(((u16)load16(a + i) & 0x7F800000u) == 0x7F800000u)) break;
    for (; i < n; i++)
        if (!(__builtin_fabsf(a[i]) < __builtin_inff())) return i;
    return -1;
}

static const elementwise_kernels elementwise_table = {
    unary_all, binary_all, affine_all, clamp_all, select_all, swiglu_all, swiglu_backward_all,
    to_bf16_all, from_bf16_all, first_fault,
};
