// y[i] = f(x[i]), y[i] = f(a[i], b[i]), as defined in elementwise.c. Outputs may be the same memory as an
// input of the same shape. NaN gives NaN, unless a comparison decides.
#pragma once
#include "ck_context.h"

typedef enum ck_unary {
    CK_NEG, CK_ABS, CK_EXP, CK_LOG, CK_TANH, CK_SIGMOID, CK_SILU, CK_GELU, CK_RELU, CK_SQUARE,
    CK_SQRT, CK_RECIPROCAL, CK_SIN, CK_COS,
    CK_ROUND_BF16 // q(x) below, widened again
} ck_unary;
typedef enum ck_binary {
    CK_ADD, CK_SUB, CK_MUL, CK_DIV,
    CK_MIN, CK_MAX, // a < b ? a : b and a > b ? a : b
    CK_SILU_GRAD,  // a = x, b = dy: dy * silu'(x)
    CK_GELU_GRAD,  // a = x, b = dy (tanh form)
    CK_STEP        // a < b ? 1 : 0
} ck_binary;

void ck_unary_f32(ck_context *x, ck_unary f, long n, const float *a, float *y);
void ck_binary_f32(ck_context *x, ck_binary f, long n, const float *a, const float *b, float *y);
// y[r, j] = f(a[r, j], b[j]) and y[r, j] = f(a[r, j], b[r])
void ck_binary_row_f32(ck_context *x, ck_binary f, long rows, long n, const float *a, const float *b,
                       float *y);
void ck_binary_column_f32(ck_context *x, ck_binary f, long rows, long n, const float *a, const float *b,
                          float *y);
// y = fma(a, scale, offset)
void ck_affine_f32(ck_context *x, long n, const float *a, float scale, float offset, float *y);
// y = a[0] * b[i]: the scale is itself a tensor of one element
void ck_scale_by_f32(ck_context *x, long n, const float *scale, const float *b, float *y);
// y = lo if a < lo, hi if a > hi, else a
void ck_clamp_f32(ck_context *x, long n, const float *a, float lo, float hi, float *y);
// y[i] = condition[i] != 0 ? a[i] : b[i]
void ck_select_f32(ck_context *x, long n, const float *condition, const float *a, const float *b, float *y);
// y = silu(gate) * up;  backward gives d_gate and d_up
void ck_swiglu_f32(ck_context *x, long n, const float *gate, const float *up, float *y);
void ck_swiglu_backward_f32(ck_context *x, long n, const float *gate, const float *up, const float *dy,
                            float *d_gate, float *d_up);
// bf16 conversion: q(x) = |x| < 2^-56 ? +0 : round-to-nearest-even, NaN is 0x7FC0; widening is exact
void ck_f32_to_bf16(ck_context *x, long n, const float *a, uint16_t *y);
void ck_bf16_to_f32(ck_context *x, long n, const uint16_t *a, float *y);
// Copies a[rows, n] with row strides; gathers y[i, :] = a[ids[i], :] (the caller has checked the ids);
// y[c, r] = a[r, c] of each matrix of the batch
void ck_copy_rows_f32(ck_context *x, long rows, long n, const float *a, long a_row, float *y, long y_row);
void ck_gather_rows_f32(ck_context *x, long rows, long n, const float *a, const int32_t *ids, float *y);
void ck_transpose_f32(ck_context *x, long batch, long rows, long columns, const float *a, float *y);
// First index whose value is not finite, or -1
long ck_first_fault_f32(ck_context *x, long n, const float *a);
