// Rotary position embedding: the scalar definition and its division among threads.
//
//     y1 = fma(-x2, s, x1 * c);  y2 = fma(x1, s, x2 * c)      (inverse: s is -s)
// with x1 = x[i], x2 = x[i + d/2], c = cosine[position, i], s = sine[position, i].
#include "include/ck_rope.h"

#include "rows.h"
#pragma STDC FP_CONTRACT OFF

void ck_rope_table(long positions, long half, const float *frequency, float *cosine, float *sine) {
    for (long p = 0; p < positions; p++)
        for (long i = 0; i < half; i++) {
            float angle = (float)p * frequency[i];
            cosine[p * half + i] = (float)ck_cos64((double)angle);
            sine[p * half + i] = (float)ck_sin64((double)angle);
        }
}

void ck_rotate_scalar(long half, const float *x1, const float *x2, const float *c, const float *s,
                      int inverse, float *y1, float *y2) {
    for (long i = 0; i < half; i++) {
        float a = x1[i], b = x2[i], sine = inverse ? -s[i] : s[i];
        y1[i] = __builtin_fmaf(-b, sine, a * c[i]);
        y2[i] = __builtin_fmaf(a, sine, b * c[i]);
    }
}

typedef struct rope {
    const row_kernels *k;
    long heads, dim, a_row, y_row;
    const float *a, *cosine, *sine;
    const int32_t *positions;
    int inverse;
    float *y;
} rope;

static void rope_job(const void *arg, long from, long to) {
    const rope *s = arg;
    long half = s->dim / 2;
    for (long row = from; row < to; row++) {
        const float *c = s->cosine + s->positions[row] * half, *sine = s->sine + s->positions[row] * half;
        for (long head = 0; head < s->heads; head++) {
            const float *a = s->a + row * s->a_row + head * s->dim;
            float *y = s->y + row * s->y_row + head * s->dim;
            s->k->rotate(half, a, a + half, c, sine, s->inverse, y, y + half);
        }
    }
}

void ck_rope_f32(ck_context *x, long rows, long heads, long dim, const float *a, long a_row,
                 const int32_t *positions, const float *cosine, const float *sine, int inverse, float *y,
                 long y_row) {
    rope s = {.k = ck_rows(ck_context_isa(x)), .heads = heads, .dim = dim, .a_row = a_row, .y_row = y_row,
              .a = a, .cosine = cosine, .sine = sine, .positions = positions, .inverse = inverse, .y = y};
    ck_ranges(x, rows, rows_grain(heads * dim), rope_job, &s);
}
