// 3-D convolution, stride 1 or more, zero padding: NDHWC input, weight [out, kd, kh, kw, in].
#pragma once
#include "ck_context.h"

typedef struct ck_conv3d {
    long batch, depth, height, width, in, out;
    long kd, kh, kw, stride, padding;   // cubic stride and padding
} ck_conv3d;

// y[b, z, y, x, o]: a matrix product (ck_matmul.h) over k = (kd, kh, kw, in) ascending, padding as +0
// operands.
void ck_conv3d_f32(ck_context *x, const ck_conv3d *g, const float *a, const float *w, const float *bias,
                   float *y);
// dx: product over (kd, kh, kw, out) ascending; dw: product over (batch, z, y, x) ascending.
void ck_conv3d_backward_input_f32(ck_context *x, const ck_conv3d *g, const float *w, const float *dy,
                                  float *dx);
void ck_conv3d_backward_weight_f32(ck_context *x, const ck_conv3d *g, const float *a, const float *dy,
                                   float *dw);
