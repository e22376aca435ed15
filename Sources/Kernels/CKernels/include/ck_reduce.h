// Sums in one fixed order. RED16 over x[0..<n], n <= 4096: lanes s[0..15] = +0; s[i mod 16] += x[i] for i
// ascending (lanes past the end are not touched); then s[l] += s[l+h] for h = 8, 4, 2, 1. Longer rows are cut
// into blocks of 4096 whose sums are combined by the same rule over the block index, recursively.
#pragma once
#include "ck_context.h"

void ck_sum_rows_f32(ck_context *x, long rows, long n, const float *a, float *y);          // y[rows], RED16
// y[1], RED16 of fma(a, a, .)
void ck_sum_squares_f32(ck_context *x, long n, const float *a, float *y);
// RED16 of fma(a, b, .)
void ck_dot_rows_f32(ck_context *x, long rows, long n, const float *a, const float *b, float *y);
// y[j] = chain of adds over rows ascending, restarted every 256 rows like a matrix product (product with
// ones)
void ck_sum_columns_f32(ck_context *x, long rows, long n, const float *a, float *y);
// The largest number; NaN never wins, a zero is +0, -Inf if there is no number
void ck_max_rows_f32(ck_context *x, long rows, long n, const float *a, float *y);
// The lowest index of that maximum; 0 if there is no number
void ck_argmax_rows_f32(ck_context *x, long rows, long n, const float *a, int32_t *y);
