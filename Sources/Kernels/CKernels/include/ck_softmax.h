// Softmax and the log-probability of a chosen class, per row.
#pragma once
#include "ck_context.h"

// m = max as ck_max_rows_f32; e = exp(x - m), but a NaN is handed on; S = RED16(e); y = e * (1/S)
void ck_softmax_f32(ck_context *x, long rows, long n, const float *a, float *y);
// dx = y * (dy - RED16 fma(dy, y, .))
void ck_softmax_backward_f32(ck_context *x, long rows, long n, const float *y, const float *dy, float *dx);
// y = x[t] - (m + log S), nats; stats[rows, 2] = m, S (may be NULL). A target outside
// 0..<n gives 0 and no gradient.
void ck_selected_logprob_f32(ck_context *x, long rows, long n, const float *logits, const int32_t *targets,
                             float *y, float *stats);
// dx[i, j] = fma(-exp(x - m), 1/S, j == t_i ? 1 : 0) * dy[i]; dx may be the logits' memory
void ck_selected_logprob_backward_f32(ck_context *x, long rows, long n, const float *logits,
                                      const int32_t *targets, const float *stats, const float *dy, float *dx);
