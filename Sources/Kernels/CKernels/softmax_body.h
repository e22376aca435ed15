// Vector code of softmax. See softmax.c for the definitions.

INLINE float exp_sum_loop(long n, const float *a, float m, float *e, const int stores) {
    f16 s = 0, top = m;
    long j = 0;
    for (; j + 16 <= n; j += 16) {
        f16 x = exp_or_nan16(load16(a + j) - top);
        if (stores) store16(e + j, x);
        s = s + x;
    }
    if (j < n) {
        f16 x = exp_or_nan16(load_part(a + j, n - j) - top);
        if (stores) store_part(e + j, n - j, x);
        s = below(n - j) ? s + x : s;
    }
    return sum_lanes(s);
}

static float exp_sum(long n, const float *a, float m, float *e) {
    return e ? exp_sum_loop(n, a, m, e, 1) : exp_sum_loop(n, a, m, e, 0);
}

static void gradient(long n, const float *y, const float *dy, float c, float *dx) {
    f16 all = c;
    long j = 0;
    for (; j + 16 <= n; j += 16) store16(dx + j, load16(y + j) * (load16(dy + j) - all));
    for (; j < n; j++) dx[j] = y[j] * (dy[j] - c);
}

static void logprob_gradient(long n, const float *a, float m, float inverse, float dy, float *dx) {
    f16 top = m, scale = inverse, d = dy;
    long j = 0;
    for (; j + 16 <= n; j += 16)
        store16(dx + j, fma16(-exp_or_nan16(load16(a + j) - top), scale, (f16)0) * d);
    if (j < n)
        store_part(dx + j, n - j, fma16(-exp_or_nan16(load_part(a + j, n - j) - top), scale, (f16)0) * d);
}

static const softmax_kernels softmax_table = {exp_sum, gradient, logprob_gradient};
