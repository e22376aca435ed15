// Causal grouped-query attention, tiled over 64 keys, with its backward pass and a key-value cache.
//
// For one query of one head: key tiles of 64 aligned to absolute key index 0, ascending. s_j = (chain over d
// of fma(q_d, k_jd), 256-blocks) * scale; t = max of the tile; w = max(m, t); a = exp(m - w);
// p_j = exp(s_j - w); l = fma(l, a, RED16(p)); o_d = o_d * a, then o_d = fma(p_j, v_jd, o_d) for j
// ascending. Later keys are omitted, not scored. Keys are cut into segments of 1024 that are computed alone,
// each starting from its first tile's maximum with l = o = 0, and merged ascending; at the end o * (1/l).
// So prefill, decode, chunked prefill and cached prefixes give the same bits, and a row never depends on
// later keys, on the rows beside it, or on threads. attention.c and attention_backward.c have every detail.
//
// heads is a multiple of kv_heads; query head h uses key head h / (heads / kv_heads). dim is at least 1 (at
// most 4096 for the backward pass) and fastest where it is a multiple of 16 up to 256.
#pragma once
#include "ck_context.h"

// q [batch*time, heads*dim] with row stride q_row, k and v [batch*time, kv_heads*dim] with k_row and v_row;
// o [batch*time, heads*dim], dense; stats [batch, heads, time, 2] = m, l, or NULL.
void ck_attention_f32(ck_context *x, long batch, long time, long heads, long kv_heads, long dim,
                      const float *q, long q_row, const float *k, long k_row, const float *v, long v_row,
                      float scale, float *o, float *stats);
// Gradients for the o and stats of ck_attention_f32 and the output's gradient d_o [batch*time, heads*dim],
// all dense: dq [batch*time, heads*dim], dk and dv [batch*time, kv_heads*dim].
void ck_attention_backward_f32(ck_context *x, long batch, long time, long heads, long kv_heads, long dim,
                               const float *q, long q_row, const float *k, long k_row, const float *v,
                               long v_row, float scale, const float *o, const float *stats, const float *d_o,
                               float *dq, float *dk, float *dv);

// Cache of `slots` sequences of up to `capacity` keys (a multiple of 64):
// keys [slots][kv_heads][capacity/64][dim][64], values [slots][kv_heads][capacity][dim].
// What was not appended is never part of a result and may hold anything.
size_t ck_cache_elements(long slots, long kv_heads, long dim, long capacity); // of each of the two
// Writes row r of k and v, [rows, kv_heads*dim], to positions[r] of slot slots[r]; no two rows to one place.
void ck_cache_append_f32(ck_context *x, long rows, long kv_heads, long dim, long capacity, const float *k,
                         long k_row, const float *v, long v_row, const int32_t *slots,
                         const int32_t *positions, float *keys, float *values);
// o[r], [rows, heads*dim] dense: row r attends to keys 0...positions[r] of slot slots[r], all appended.
// Rows of one sequence are best neighbours: they read its keys together.
void ck_attention_cached_f32(ck_context *x, long rows, long heads, long kv_heads, long dim, long capacity,
                             const float *q, long q_row, const float *keys, const float *values,
                             const int32_t *slots, const int32_t *positions, float scale, float *o);
// Copies the first `count` keys and values of slot `from` to another slot.
void ck_cache_copy_f32(ck_context *x, long kv_heads, long dim, long capacity, long from, long to, long count,
                       float *keys, float *values);
