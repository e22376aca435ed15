// Rows of a table by id, and the gradient of the table.
#pragma once
#include "ck_context.h"

// y[i, :] = table[ids[i], :]. table is [vocabulary, n] row-major, or packed by ck_pack as the weight of
// x -> x * table^T (k = n, columns = vocabulary). bf16 is widened.
// An id outside 0..<vocabulary gives a row of +0, and has no gradient.
void ck_embedding_f32(ck_context *x, long rows, long n, long vocabulary, const void *table, ck_dtype type,
                      int packed, const int32_t *ids, float *y);
// p = chain of adds from +0 over the tokens i with ids[i] == v, ascending; d_table[v, :] = p, or, if
// accumulate, d_table[v, :] + p for the ids that occur.
void ck_embedding_backward_f32(ck_context *x, long rows, long n, long vocabulary, const int32_t *ids,
                               const float *dy, float *d_table, int accumulate);
