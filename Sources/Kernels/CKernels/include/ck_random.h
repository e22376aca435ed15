// Counter-based random numbers (Philox4x32-10, Salmon et al., SC 2011) and sampling from logits.
#pragma once
#include "ck_context.h"

// The four words of counter `index` of `stream`.
void ck_philox(uint64_t key, uint64_t stream, uint64_t index, uint32_t out[4]);
// uniform[i] = (u >> 8) * 2^-24 in [0, 1), u = word (i mod 4) of counter i / 4
void ck_uniform_f32(ck_context *x, uint64_t key, uint64_t stream, long n, float *y);
// Box-Muller on pairs of words, defined in random.c
void ck_normal_f32(ck_context *x, uint64_t key, uint64_t stream, long n, float *y);

// One token from logits [n], or -1 where they are no distribution: a NaN, or no finite maximum (sample.c).
// temperature <= 0 means greedy. Kept: the top_k largest (0 = all; by value descending, id ascending), then
// the smallest prefix of that order with cumulative p >= top_p, then p >= min_p * max p. p is the canonical
// softmax of fma(logits, 1/temperature, +0) over all n; the draw is the first kept id, ascending, whose
// cumulative p exceeds uniform * (sum of kept p). scratch: ck_sample_scratch(n) bytes, of any alignment.
typedef struct ck_sampling { float temperature, top_p, min_p; int32_t top_k; } ck_sampling;
size_t ck_sample_scratch(long n);
int32_t ck_sample_f32(ck_isa isa, long n, const float *logits, const ck_sampling *s, float uniform,
                      void *scratch);
