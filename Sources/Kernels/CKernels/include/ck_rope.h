// Rotary position embedding, half-split: pairs (i, i + d/2) of each head turn by position * frequency[i].
#pragma once
#include "ck_context.h"

// cosine[p, i], sine[p, i] for p < positions, i < half: angle = fp32(p * frequency[i]), then cos64, sin64
// rounded.
void ck_rope_table(long positions, long half, const float *frequency, float *cosine, float *sine);
// y1 = fma(-x2, s, x1 * c), y2 = fma(x1, s, x2 * c). positions[row] is below the table's.
// Rows are tokens with `heads` heads of `dim`; y may be a. inverse = 1 turns back (the backward pass).
void ck_rope_f32(ck_context *x, long rows, long heads, long dim, const float *a, long a_row,
                 const int32_t *positions, const float *cosine, const float *sine, int inverse, float *y,
                 long y_row);
