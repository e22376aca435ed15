// 3-D convolution, stride 1 or more, zero padding: NDHWC input, weight [out, kd, kh, kw, in].
#pragma once
#include "ck_context.h"

typedef struct ck_conv3d {
    long batch, depth, height, width, in, out;
    long kd, kh, kw, stride, padding;   // cubic stride and padding
} ck_conv3d;

// y[b, z, y, x, o], each size (size + 2 * padding - kernel) / stride + 1: a matrix product (ck_matmul.h) with
// a row per output voxel, over k = (kd, kh, kw, in) ascending, padding as +0 operands; bias [out] or NULL.
void ck_conv3d_f32(ck_context *x, const ck_conv3d *g, const float *a, const float *w, const float *bias,
                   float *y);
// dx, a row per input voxel: product dy * w over (kd, kh, kw, out) ascending; where no output voxel meets the
// input voxel at that offset, dy is +0. dw[o, (kd, kh, kw, in)]: product dy * a over the output voxels
// (batch, z, y, x) ascending, padding as +0.
void ck_conv3d_backward_input_f32(ck_context *x, const ck_conv3d *g, const float *w, const float *dy,
                                  float *dx);
void ck_conv3d_backward_weight_f32(ck_context *x, const ck_conv3d *g, const float *a, const float *dy,
                                   float *dw);
