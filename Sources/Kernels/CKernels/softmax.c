// Softmax and selected log-probabilities: the scalar definitions and their division among threads.
//
//     m = the row's maximum (reduce.c);  e = exp(x - m);  S = RED16(e)
//     softmax          y = e * (1/S)            backward  dx = y * (dy - RED16 fma(dy, y, .))
//     selected log p   x[t] - (m + log S)       backward  dx_j = fma(-e, 1/S, j == t ? 1 : 0) * dy
//
// exp hands a NaN on, so one NaN in a row makes the whole row NaN, as does a maximum that is not finite. A
// finite x far below m gives 1.2e-38 / S, not 0. A target outside 0..<n selects nothing: 0, no gradient.
#include "include/ck_softmax.h"

#include <string.h>
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

static float exp_sum(long n, const float *a, float m, float *e) {
    float s[16] = {0};
    for (long j = 0; j < n; j++) {
        float x = exp_or_nan(a[j] - m);
        if (e) e[j] = x;
        s[j % 16] = s[j % 16] + x;
    }
    return red16_of_lanes(s);
}

static void gradient(long n, const float *y, const float *dy, float c, float *dx) {
    for (long j = 0; j < n; j++) dx[j] = y[j] * (dy[j] - c);
}

static void logprob_gradient(long n, const float *a, float m, float inverse, float dy, float *dx) {
    for (long j = 0; j < n; j++) dx[j] = __builtin_fmaf(-exp_or_nan(a[j] - m), inverse, 0.0f) * dy;
}

const softmax_kernels ck_softmax_scalar = {exp_sum, gradient, logprob_gradient};

float ck_row_exp_sum(const softmax_kernels *k, long n, const float *a, float m, float *e) {
    if (n <= RED_BLOCK) return k->exp_sum(n, a, m, e);
    red16 r = {0};
    for (long i = 0; i < n; i += RED_BLOCK)
        ck_red16_push(&r, k->exp_sum(least(RED_BLOCK, n - i), a + i, m, e ? e + i : NULL));
    return ck_red16_value(&r);
}

typedef struct softmax {
    const row_kernels *k;
    long n;
    const float *a, *dy, *stats;
    const int32_t *targets;
    float *y, *kept;
} softmax;

static void softmax_job(const void *arg, long from, long to) {
    const softmax *s = arg;
    for (long row = from; row < to; row++) {
        const float *a = s->a + row * s->n;
        float *y = s->y + row * s->n, m = s->k->reduce->max(s->n, a);
        float inverse = 1.0f / ck_row_exp_sum(s->k->softmax, s->n, a, m, y);
        s->k->elementwise->binary(CK_MUL, s->n, y, &inverse, 0, y);
    }
}

void ck_softmax_f32(ck_context *x, long rows, long n, const float *a, float *y) {
    softmax s = {.k = ck_rows(ck_context_isa(x)), .n = n, .a = a, .y = y};
    ck_ranges(x, rows, rows_grain(n), softmax_job, &s);
}

static void softmax_backward_job(const void *arg, long from, long to) {
    const softmax *s = arg;
    for (long row = from; row < to; row++) {
        const float *y = s->a + row * s->n, *dy = s->dy + row * s->n;
        s->k->softmax->gradient(s->n, y, dy, ck_row_dot(s->k->reduce, s->n, dy, y), s->y + row * s->n);
    }
}

void ck_softmax_backward_f32(ck_context *x, long rows, long n, const float *y, const float *dy, float *dx) {
    softmax s = {.k = ck_rows(ck_context_isa(x)), .n = n, .a = y, .dy = dy, .y = dx};
    ck_ranges(x, rows, rows_grain(n), softmax_backward_job, &s);
}

static void logprob_job(const void *arg, long from, long to) {
    const softmax *s = arg;
    for (long row = from; row < to; row++) {
        const float *a = s->a + row * s->n;
        int32_t t = s->targets[row];
        int selects = t >= 0 && t < s->n;
        s->y[row] = 0;
        if (!selects && !s->kept) continue;
        float m = s->k->reduce->max(s->n, a), sum = ck_row_exp_sum(s->k->softmax, s->n, a, m, NULL);
        if (selects) s->y[row] = a[t] - (m + ck_log(sum));
        if (!s->kept) continue;
        s->kept[2 * row] = m;
        s->kept[2 * row + 1] = sum;
    }
}

void ck_selected_logprob_f32(ck_context *x, long rows, long n, const float *logits, const int32_t *targets,
                             float *y, float *stats) {
    softmax s = {.k = ck_rows(ck_context_isa(x)), .n = n, .a = logits, .targets = targets, .y = y,
                 .kept = stats};
    ck_ranges(x, rows, rows_grain(n), logprob_job, &s);
}

static void logprob_backward_job(const void *arg, long from, long to) {
    const softmax *s = arg;
    for (long row = from; row < to; row++) {
        const float *a = s->a + row * s->n;
        float *dx = s->y + row * s->n, dy = s->dy[row], m = s->stats[2 * row];
        int32_t t = s->targets[row];
        if (t < 0 || t >= s->n) {
            memset(dx, 0, (size_t)s->n * sizeof *dx);
            continue;
        }
        float inverse = 1.0f / s->stats[2 * row + 1], chosen = a[t]; // dx may be a
        s->k->softmax->logprob_gradient(s->n, a, m, inverse, dy, dx);
        dx[t] = __builtin_fmaf(-exp_or_nan(chosen - m), inverse, 1.0f) * dy;
    }
}

void ck_selected_logprob_backward_f32(ck_context *x, long rows, long n, const float *logits,
                                      const int32_t *targets, const float *stats, const float *dy,
                                      float *dx) {
    softmax s = {.k = ck_rows(ck_context_isa(x)), .n = n, .a = logits, .dy = dy, .stats = stats,
                 .targets = targets, .y = dx};
    ck_ranges(x, rows, rows_grain(n), logprob_backward_job, &s);
}
