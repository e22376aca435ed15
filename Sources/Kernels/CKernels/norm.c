// RMSNorm and LayerNorm, forward and backward: the scalar definitions and their division among threads.
//
//     RMSNorm     r = 1 / sqrt(RED16(x*x) / n + eps);            y = (x * r) * w
//       backward  h = x * r;  g = dy * w;  c = RED16 fma(g, h, .) / n
//                 dx = fma(-h, c, g) * r;  dw = chain over rows of fma(dy, h, .)
//     LayerNorm   mean = RED16(x) / n;  d = x - mean;  r = 1 / sqrt(RED16 fma(d, d, .) / n + eps)
//                 y = fma(d * r, w, b)
//       backward  h = d * r;  c0 = RED16 fma(dy, w, .) / n;  c1 = RED16 fma(dy * w, h, .) / n
//                 dx = fma(-h, c1, fma(dy, w, -c0)) * r
//                 dw = chain over rows of fma(dy, h, .);  db = chain over rows of adds of dy
//
// A chain over rows starts at +0, restarts every 256 rows, and the blocks are added ascending.
#include "include/ck_norm.h"

#include <string.h>
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

static void rms_apply(long n, const float *a, const float *w, float r, float *y) {
    for (long j = 0; j < n; j++) y[j] = (a[j] * r) * w[j];
}

static float rms_dot(long n, const float *a, const float *w, float r, const float *dy) {
    float s[16] = {0};
    for (long j = 0; j < n; j++) s[j % 16] = __builtin_fmaf(dy[j] * w[j], a[j] * r, s[j % 16]);
    return red16_of_lanes(s);
}

static void rms_gradient(long n, const float *a, const float *w, float r, float c, const float *dy, float *dx,
                         float *dw) {
    for (long j = 0; j < n; j++) {
        float h = a[j] * r, g = dy[j] * w[j];
        dw[j] = __builtin_fmaf(dy[j], h, dw[j]);
        dx[j] = __builtin_fmaf(-h, c, g) * r;
    }
}

static float deviation(long n, const float *a, float mean) {
    float s[16] = {0};
    for (long j = 0; j < n; j++) {
        float d = a[j] - mean;
        s[j % 16] = __builtin_fmaf(d, d, s[j % 16]);
    }
    return red16_of_lanes(s);
}

static void layer_apply(long n, const float *a, const float *w, const float *b, float mean, float r,
                        float *y) {
    for (long j = 0; j < n; j++) y[j] = __builtin_fmaf((a[j] - mean) * r, w[j], b[j]);
}

static void layer_sums(long n, const float *a, const float *w, const float stats[2], const float *dy,
                       float sums[2]) {
    float s[16] = {0}, t[16] = {0};
    for (long j = 0; j < n; j++) {
        float h = (a[j] - stats[0]) * stats[1];
        s[j % 16] = __builtin_fmaf(dy[j], w[j], s[j % 16]);
        t[j % 16] = __builtin_fmaf(dy[j] * w[j], h, t[j % 16]);
    }
    sums[0] = red16_of_lanes(s);
    sums[1] = red16_of_lanes(t);
}

static void layer_gradient(long n, const float *a, const float *w, const float stats[2], const float c[2],
                           const float *dy, float *dx, float *dw, float *db) {
    for (long j = 0; j < n; j++) {
        float h = (a[j] - stats[0]) * stats[1], g = __builtin_fmaf(dy[j], w[j], -c[0]);
        dw[j] = __builtin_fmaf(dy[j], h, dw[j]);
        db[j] = db[j] + dy[j];
        dx[j] = __builtin_fmaf(-h, c[1], g) * stats[1];
    }
}

const norm_kernels ck_norm_scalar = {
    rms_apply, rms_dot, rms_gradient, deviation, layer_apply, layer_sums, layer_gradient,
};

typedef struct norm {
    const row_kernels *k;
    long rows, n;
    const float *a, *w, *b, *stats, *dy;
    float eps;
    float *y, *kept; // forward: output, and statistics or NULL
    float *dx, *dw, *db; // backward: dw, db hold one chain of n per 256 rows
} norm;

static void rms_job(const void *arg, long from, long to) {
    const norm *s = arg;
    for (long row = from; row < to; row++) {
        const float *a = s->a + row * s->n;
        float squares = ck_row_dot(s->k->reduce, s->n, a, a);
        float r = 1.0f / __builtin_sqrtf(squares / (float)s->n + s->eps);
        s->k->norm->rms_apply(s->n, a, s->w, r, s->y + row * s->n);
        if (s->kept) s->kept[row] = r;
    }
}

void ck_rmsnorm_f32(ck_context *x, long rows, long n, const float *a, const float *w, float eps, float *y,
                    float *r) {
    norm s = {.k = ck_rows(ck_context_isa(x)), .n = n, .a = a, .w = w, .eps = eps, .y = y, .kept = r};
    ck_ranges(x, rows, rows_grain(n), rms_job, &s);
}

static float row_deviation(const norm *s, const float *a, float mean) {
    if (s->n <= RED_BLOCK) return s->k->norm->deviation(s->n, a, mean);
    red16 r = {0};
    for (long i = 0; i < s->n; i += RED_BLOCK)
        ck_red16_push(&r, s->k->norm->deviation(least(RED_BLOCK, s->n - i), a + i, mean));
    return ck_red16_value(&r);
}

static void layer_job(const void *arg, long from, long to) {
    const norm *s = arg;
    for (long row = from; row < to; row++) {
        const float *a = s->a + row * s->n;
        float mean = ck_row_sum(s->k->reduce, s->n, a) / (float)s->n;
        float r = 1.0f / __builtin_sqrtf(row_deviation(s, a, mean) / (float)s->n + s->eps);
        s->k->norm->layer_apply(s->n, a, s->w, s->b, mean, r, s->y + row * s->n);
        if (!s->kept) continue;
        s->kept[2 * row] = mean;
        s->kept[2 * row + 1] = r;
    }
}

void ck_layernorm_f32(ck_context *x, long rows, long n, const float *a, const float *w, const float *b,
                      float eps, float *y, float *stats) {
    norm s = {.k = ck_rows(ck_context_isa(x)), .n = n, .a = a, .w = w, .b = b, .eps = eps, .y = y,
              .kept = stats};
    ck_ranges(x, rows, rows_grain(n), layer_job, &s);
}

static float rms_row_dot(const norm *s, const float *a, float r, const float *dy) {
    if (s->n <= RED_BLOCK) return s->k->norm->rms_dot(s->n, a, s->w, r, dy);
    red16 sum = {0};
    for (long i = 0; i < s->n; i += RED_BLOCK)
        ck_red16_push(&sum, s->k->norm->rms_dot(least(RED_BLOCK, s->n - i), a + i, s->w + i, r, dy + i));
    return ck_red16_value(&sum);
}

// Pieces are blocks of 256 rows, each with its own chain.
static void rms_backward_job(const void *arg, long from, long to) {
    const norm *s = arg;
    for (long row = from * CHAIN_ROWS; row < least(to * CHAIN_ROWS, s->rows); row++) {
        const float *a = s->a + row * s->n, *dy = s->dy + row * s->n;
        float *dw = s->dw + row / CHAIN_ROWS * s->n;
        if (row % CHAIN_ROWS == 0) memset(dw, 0, (size_t)s->n * sizeof *dw);
        float c = rms_row_dot(s, a, s->stats[row], dy) / (float)s->n;
        s->k->norm->rms_gradient(s->n, a, s->w, s->stats[row], c, dy, s->dx + row * s->n, dw);
    }
}

// y = the chains of all blocks, added ascending.
static void add_chains(const norm *s, long blocks, const float *chains, float *y) {
    memset(y, 0, (size_t)s->n * sizeof *y);
    if (blocks > 0) memcpy(y, chains, (size_t)s->n * sizeof *y);
    for (long block = 1; block < blocks; block++)
        s->k->elementwise->binary(CK_ADD, s->n, y, chains + block * s->n, 1, y);
}

void ck_rmsnorm_backward_f32(ck_context *x, long rows, long n, const float *a, const float *w,
                             const float *r, const float *dy, float *dx, float *dw) {
    long blocks = (rows + CHAIN_ROWS - 1) / CHAIN_ROWS;
    float *chains = ck_scratch(x, 0, 0, (size_t)(blocks * n) * sizeof(float));
    norm s = {.k = ck_rows(ck_context_isa(x)), .rows = rows, .n = n, .a = a, .w = w, .stats = r, .dy = dy,
              .dx = dx, .dw = chains};
    ck_ranges(x, blocks, rows_grain(CHAIN_ROWS * n), rms_backward_job, &s);
    add_chains(&s, blocks, chains, dw);
}

static void layer_row_sums(const norm *s, const float *a, const float stats[2], const float *dy,
                           float sums[2]) {
    red16 first = {0}, second = {0};
    for (long i = 0; i < s->n; i += RED_BLOCK) {
        s->k->norm->layer_sums(least(RED_BLOCK, s->n - i), a + i, s->w + i, stats, dy + i, sums);
        if (s->n <= RED_BLOCK) return;
        ck_red16_push(&first, sums[0]);
        ck_red16_push(&second, sums[1]);
    }
    sums[0] = ck_red16_value(&first);
    sums[1] = ck_red16_value(&second);
}

static void layer_backward_job(const void *arg, long from, long to) {
    const norm *s = arg;
    for (long row = from * CHAIN_ROWS; row < least(to * CHAIN_ROWS, s->rows); row++) {
        const float *a = s->a + row * s->n, *dy = s->dy + row * s->n, *stats = s->stats + 2 * row;
        long chain = row / CHAIN_ROWS * s->n;
        if (row % CHAIN_ROWS == 0) {
            memset(s->dw + chain, 0, (size_t)s->n * sizeof(float));
            memset(s->db + chain, 0, (size_t)s->n * sizeof(float));
        }
        float c[2];
        layer_row_sums(s, a, stats, dy, c);
        c[0] = c[0] / (float)s->n;
        c[1] = c[1] / (float)s->n;
        s->k->norm->layer_gradient(s->n, a, s->w, stats, c, dy, s->dx + row * s->n, s->dw + chain,
                                   s->db + chain);
    }
}

void ck_layernorm_backward_f32(ck_context *x, long rows, long n, const float *a, const float *w,
                               const float *stats, const float *dy, float *dx, float *dw, float *db) {
    long blocks = (rows + CHAIN_ROWS - 1) / CHAIN_ROWS;
    float *chains = ck_scratch(x, 0, 0, (size_t)(2 * blocks * n) * sizeof(float));
    norm s = {.k = ck_rows(ck_context_isa(x)), .rows = rows, .n = n, .a = a, .w = w, .stats = stats, .dy = dy,
              .dx = dx, .dw = chains, .db = chains + blocks * n};
    ck_ranges(x, blocks, rows_grain(CHAIN_ROWS * n), layer_backward_job, &s);
    add_chains(&s, blocks, s.dw, dw);
    add_chains(&s, blocks, s.db, db);
}
