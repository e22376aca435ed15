// RMSNorm and LayerNorm over the last axis, with their backward passes.
#pragma once
#include "ck_context.h"

// r = 1 / sqrt(RED16(x*x) / n + eps); y = (x * r) * w.  r[rows] is kept for the backward pass (may be NULL).
void ck_rmsnorm_f32(ck_context *x, long rows, long n, const float *a, const float *w, float eps, float *y,
                    float *r);
// dx as defined in norm.c; dw[j] = chain over rows (256-row blocks) of fma(dy, a * r, .)
void ck_rmsnorm_backward_f32(ck_context *x, long rows, long n, const float *a, const float *w,
                             const float *r, const float *dy, float *dx, float *dw);
// mean = RED16(x)/n; d = x - mean; r = 1/sqrt(RED16(d*d)/n + eps); y = fma(d * r, w, b).
// stats[rows, 2] = mean, r (may be NULL)
void ck_layernorm_f32(ck_context *x, long rows, long n, const float *a, const float *w, const float *b,
                      float eps, float *y, float *stats);
// dx as defined in norm.c; dw as above; db[j] = chain over rows of adds of dy
void ck_layernorm_backward_f32(ck_context *x, long rows, long n, const float *a, const float *w,
                               const float *stats, const float *dy, float *dx, float *dw, float *db);
