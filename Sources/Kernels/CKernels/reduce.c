// Reductions: the scalar definitions (RED16, chains over rows, maxima) and their division among threads.
//
// A row longer than 4096 is cut into blocks of 4096; the block sums are summed by RED16 over the block
// index, and so on upwards, so blocks may be summed anywhere in any order.
// The maximum of a row is its largest number, -Inf if there is none: NaN never wins, and a zero is +0
// (so the order of comparisons cannot show).
#include "include/ck_reduce.h"

#include <string.h>
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

static float sum(long n, const float *a) {
    float s[16] = {0};
    for (long i = 0; i < n; i++) s[i % 16] = s[i % 16] + a[i];
    return red16_of_lanes(s);
}

static float dot(long n, const float *a, const float *b) {
    float s[16] = {0};
    for (long i = 0; i < n; i++) s[i % 16] = __builtin_fmaf(a[i], b[i], s[i % 16]);
    return red16_of_lanes(s);
}

static float maximum(long n, const float *a) {
    float m = -__builtin_inff();
    for (long i = 0; i < n; i++) m = a[i] > m ? a[i] : m;
    return m + 0.0f;
}

static long first_equal(long n, const float *a, float x) {
    for (long i = 0; i < n; i++)
        if (a[i] == x) return i;
    return -1;
}

static long at_least(long n, const float *a, float x, int32_t *indices) {
    long count = 0;
    for (long i = 0; i < n; i++)
        if (a[i] >= x) indices[count++] = (int32_t)i;
    return count;
}

static void sum_columns(long rows, long n, const float *a, long a_row, float *y) {
    for (long j = 0; j < n; j++) {
        float c = 0;
        for (long block = 0; block < rows; block += CHAIN_ROWS) {
            float p = 0;
            for (long r = block; r < rows && r < block + CHAIN_ROWS; r++) p = p + a[r * a_row + j];
            c = block ? c + p : p;
        }
        y[j] = c;
    }
}

const reduce_kernels ck_reduce_scalar = {sum, dot, maximum, first_equal, at_least, sum_columns};

static void push_at(red16 *r, int level, float x) {
    for (;; level++) {
        if (level == r->levels) {
            r->levels++;
            r->count[level] = 0;
            memset(r->lane[level], 0, sizeof r->lane[level]);
        }
        int full = r->count[level] == RED_BLOCK;
        float carried = 0;
        if (full) {
            carried = red16_of_lanes(r->lane[level]);
            r->count[level] = 0;
            memset(r->lane[level], 0, sizeof r->lane[level]);
        }
        float *s = &r->lane[level][r->count[level]++ % 16];
        *s = *s + x;
        if (!full) return;
        x = carried;
    }
}

void ck_red16_push(red16 *r, float sum) { push_at(r, 0, sum); }

float ck_red16_value(red16 *r) {
    float value = r->levels ? red16_of_lanes(r->lane[0]) : 0;
    for (int level = 1; level < r->levels; level++) {
        push_at(r, level, value);
        value = red16_of_lanes(r->lane[level]);
    }
    return value;
}

float ck_row_sum(const reduce_kernels *k, long n, const float *a) {
    if (n <= RED_BLOCK) return k->sum(n, a);
    red16 r = {0};
    for (long i = 0; i < n; i += RED_BLOCK) ck_red16_push(&r, k->sum(least(RED_BLOCK, n - i), a + i));
    return ck_red16_value(&r);
}

float ck_row_dot(const reduce_kernels *k, long n, const float *a, const float *b) {
    if (n <= RED_BLOCK) return k->dot(n, a, b);
    red16 r = {0};
    for (long i = 0; i < n; i += RED_BLOCK) ck_red16_push(&r, k->dot(least(RED_BLOCK, n - i), a + i, b + i));
    return ck_red16_value(&r);
}

typedef struct reduction {
    const reduce_kernels *k;
    long n, rows;
    const float *a, *b; // b or NULL
    float *y;
    int32_t *indices;
} reduction;

static const reduce_kernels *kernels(ck_context *x) { return ck_rows(ck_context_isa(x))->reduce; }

static float row_value(const reduction *s, long n, const float *a, const float *b) {
    return b ? ck_row_dot(s->k, n, a, b) : ck_row_sum(s->k, n, a);
}

static void rows_job(const void *arg, long from, long to) {
    const reduction *s = arg;
    for (long r = from; r < to; r++)
        s->y[r] = row_value(s, s->n, s->a + r * s->n, s->b ? s->b + r * s->n : NULL);
}

static void blocks_job(const void *arg, long from, long to) {
    const reduction *s = arg;
    for (long block = from; block < to; block++) {
        long at = block * RED_BLOCK;
        s->y[block] = row_value(s, least(RED_BLOCK, s->n - at), s->a + at, s->b ? s->b + at : NULL);
    }
}

// Few long rows are shared out by blocks, others by rows.
static void reduce_rows(ck_context *x, reduction s) {
    if (s.rows >= 2 * ck_context_threads(x) || s.n <= 4 * RED_BLOCK) {
        ck_ranges(x, s.rows, rows_grain(s.n), rows_job, &s);
        return;
    }
    long blocks = (s.n + RED_BLOCK - 1) / RED_BLOCK;
    float *sums = ck_scratch(x, 0, 0, (size_t)blocks * sizeof(float));
    for (long row = 0; row < s.rows; row++) {
        reduction one = {.k = s.k, .n = s.n, .a = s.a + row * s.n, .y = sums};
        if (s.b) one.b = s.b + row * s.n;
        ck_ranges(x, blocks, 4, blocks_job, &one);
        red16 r = {0};
        for (long i = 0; i < blocks; i++) ck_red16_push(&r, sums[i]);
        s.y[row] = ck_red16_value(&r);
    }
}

void ck_sum_rows_f32(ck_context *x, long rows, long n, const float *a, float *y) {
    reduce_rows(x, (reduction){.k = kernels(x), .n = n, .rows = rows, .a = a, .y = y});
}

void ck_sum_squares_f32(ck_context *x, long n, const float *a, float *y) {
    reduce_rows(x, (reduction){.k = kernels(x), .n = n, .rows = 1, .a = a, .b = a, .y = y});
}

void ck_dot_rows_f32(ck_context *x, long rows, long n, const float *a, const float *b, float *y) {
    reduce_rows(x, (reduction){.k = kernels(x), .n = n, .rows = rows, .a = a, .b = b, .y = y});
}

enum { STRIPE = 64 }; // columns that fit in registers

static void columns_job(const void *arg, long from, long to) {
    const reduction *s = arg;
    for (long at = from * STRIPE; at < least(to * STRIPE, s->n); at += STRIPE)
        s->k->sum_columns(s->rows, least(STRIPE, s->n - at), s->a + at, s->n, s->y + at);
}

void ck_sum_columns_f32(ck_context *x, long rows, long n, const float *a, float *y) {
    reduction s = {.k = kernels(x), .n = n, .rows = rows, .a = a, .y = y};
    ck_ranges(x, (n + STRIPE - 1) / STRIPE, rows_grain(STRIPE * rows), columns_job, &s);
}

static void max_job(const void *arg, long from, long to) {
    const reduction *s = arg;
    for (long r = from; r < to; r++) s->y[r] = s->k->max(s->n, s->a + r * s->n);
}

void ck_max_rows_f32(ck_context *x, long rows, long n, const float *a, float *y) {
    reduction s = {.k = kernels(x), .n = n, .a = a, .y = y};
    ck_ranges(x, rows, rows_grain(n), max_job, &s);
}

static void argmax_job(const void *arg, long from, long to) {
    const reduction *s = arg;
    for (long r = from; r < to; r++) {
        const float *a = s->a + r * s->n;
        long first = s->k->first_equal(s->n, a, s->k->max(s->n, a));
        s->indices[r] = first < 0 ? 0 : (int32_t)first;
    }
}

void ck_argmax_rows_f32(ck_context *x, long rows, long n, const float *a, int32_t *y) {
    reduction s = {.k = kernels(x), .n = n, .a = a, .indices = y};
    ck_ranges(x, rows, rows_grain(n), argmax_job, &s);
}
