// Private: the kernels under the row-wise and elementwise operators, one table per instruction set. The
// scalar table is the definition, written as plain loops beside each operator; the *_body.h files are the
// vector code, compiled once per instruction set. A table's functions see one row, or one block of a row.
#pragma once
#include "include/ck_context.h"
#include "include/ck_elementary.h"
#include "include/ck_elementwise.h"
#include "include/ck_optimizer.h"

enum { RED_BLOCK = 4096, CHAIN_ROWS = 256 };

typedef struct elementwise_kernels {
    void (*unary)(ck_unary f, long n, const float *a, float *y);
    // b_step 1: one b per element; 0: one b for all.
    void (*binary)(ck_binary f, long n, const float *a, const float *b, int b_step, float *y);
    void (*affine)(long n, const float *a, float scale, float offset, float *y);
    void (*clamp)(long n, const float *a, float lo, float hi, float *y);
    void (*select)(long n, const float *condition, const float *a, const float *b, float *y);
    void (*swiglu)(long n, const float *gate, const float *up, float *y);
    void (*swiglu_backward)(long n, const float *gate, const float *up, const float *dy, float *d_gate,
                            float *d_up);
    void (*to_bf16)(long n, const float *a, uint16_t *y);
    void (*from_bf16)(long n, const uint16_t *a, float *y);
    long (*first_fault)(long n, const float *a);
} elementwise_kernels;

typedef struct reduce_kernels {
    float (*sum)(long n, const float *a);                 // RED16, n <= 4096
    float (*dot)(long n, const float *a, const float *b); // RED16 of fma, n <= 4096
    float (*max)(long n, const float *a);                 // any n
    long (*first_equal)(long n, const float *a, float x); // or -1
    // Indices of elements >= x, ascending; returns how many.
    long (*at_least)(long n, const float *a, float x, int32_t *indices);
    // The chain of ck_sum_columns_f32 for n neighbouring columns, row stride a_row.
    void (*sum_columns)(long rows, long n, const float *a, long a_row, float *y);
} reduce_kernels;

typedef struct norm_kernels {
    void (*rms_apply)(long n, const float *a, const float *w, float r, float *y);
    float (*rms_dot)(long n, const float *a, const float *w, float r, const float *dy); // n <= 4096
    // c = RED16(...)/n; adds the row to the chain dw.
    void (*rms_gradient)(long n, const float *a, const float *w, float r, float c, const float *dy,
                         float *dx, float *dw);
    float (*deviation)(long n, const float *a, float mean); // RED16 of fma(a - mean, a - mean, .), n <= 4096
    void (*layer_apply)(long n, const float *a, const float *w, const float *b, float mean, float r,
                        float *y);
    // sums[0] = RED16 fma(dy, w, .), sums[1] = RED16 fma(dy*w, (a - mean)*r, .), n <= 4096
    void (*layer_sums)(long n, const float *a, const float *w, const float stats[2], const float *dy,
                       float sums[2]);
    void (*layer_gradient)(long n, const float *a, const float *w, const float stats[2], const float c[2],
                           const float *dy, float *dx, float *dw, float *db);
} norm_kernels;

typedef struct softmax_kernels {
    float (*exp_sum)(long n, const float *a, float m, float *e); // n <= 4096; e may be a, or NULL
    void (*gradient)(long n, const float *y, const float *dy, float c, float *dx);
    void (*logprob_gradient)(long n, const float *a, float m, float inverse, float dy, float *dx);
} softmax_kernels;

typedef struct row_kernels {
    const elementwise_kernels *elementwise;
    const reduce_kernels *reduce;
    const norm_kernels *norm;
    const softmax_kernels *softmax;
    // y1 = fma(-x2, s, x1*c), y2 = fma(x1, s, x2*c); y may be x
    void (*rotate)(long half, const float *x1, const float *x2, const float *c, const float *s, int inverse,
                   float *y1, float *y2);
    void (*adamw)(long n, const ck_adamw *c, float scale, const float *g, float *p, float *m, float *v);
    // 16 counters from `index`: 64 numbers
    void (*uniform)(uint64_t key, uint64_t stream, uint64_t index, float y[64]);
    void (*normal)(uint64_t key, uint64_t stream, uint64_t index, float y[64]);
} row_kernels;

extern const row_kernels ck_rows_scalar, ck_rows_avx2, ck_rows_avx512, ck_rows_neon;
const row_kernels *ck_rows(ck_isa isa);

// The scalar definitions, each beside its operator.
extern const elementwise_kernels ck_elementwise_scalar;
extern const reduce_kernels ck_reduce_scalar;
extern const norm_kernels ck_norm_scalar;
extern const softmax_kernels ck_softmax_scalar;
void ck_rotate_scalar(long half, const float *x1, const float *x2, const float *c, const float *s,
                      int inverse, float *y1, float *y2);
void ck_adamw_scalar(long n, const ck_adamw *c, float scale, const float *g, float *p, float *m, float *v);
void ck_uniform_scalar(uint64_t key, uint64_t stream, uint64_t index, float y[64]);
void ck_normal_scalar(uint64_t key, uint64_t stream, uint64_t index, float y[64]);

static inline float exp_or_nan(float x) { return x == x ? ck_exp(x) : x; }
static inline long least(long a, long b) { return a < b ? a : b; }

// Runs job(arg, from, to) over 0..<total in pieces of `grain`, on all threads; as one piece on the caller
// if total <= 2 * grain. `grain` is a number of whole elements or rows: it changes no bit.
void ck_ranges(ck_context *x, long total, long grain, void (*job)(const void *arg, long from, long to),
               const void *arg);
// Rows of n elements that make a piece worth a thread's while.
static inline long rows_grain(long n) { return n >= 8192 || n < 1 ? 1 : 8192 / n; }

// The sum of the sixteen lanes, which are used up.
static inline float red16_of_lanes(float s[16]) {
    for (int h = 8; h; h >>= 1)
        for (int l = 0; l < h; l++) s[l] = s[l] + s[l + h];
    return s[0];
}

// RED16 of a stream of block sums, for rows longer than 4096.
typedef struct red16 {
    int levels;
    int count[6];
    float lane[6][16];
} red16;
void ck_red16_push(red16 *r, float sum);
float ck_red16_value(red16 *r);

// RED16 of a whole row.
float ck_row_sum(const reduce_kernels *k, long n, const float *a);
float ck_row_dot(const reduce_kernels *k, long n, const float *a, const float *b);
// RED16 of e = exp(a - m) of a whole row; e is stored where it is not NULL, and may be a.
float ck_row_exp_sum(const softmax_kernels *k, long n, const float *a, float m, float *e);
