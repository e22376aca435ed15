// Private: one worker's share of attention, common to the training layout and to the cache.
#pragma once
#include "tiles.h"

// Rows of one block: a block holds whole positions, at most 64 rows or else the heads of one position.
static inline long attention_block_positions(long group) { return group < TILE ? TILE / group : 1; }

typedef struct attention_block {
    attention_rows rows;
    float *q;                   // writable view of rows.q
    long *count;                // writable view of rows.count
    attention_state sum, part;  // merged so far; one segment
} attention_block;

// A block of `rows` rows in scratch slot 0 of `worker`. Keys, values and counts are the caller's to set.
attention_block ck_attention_block(ck_context *x, int worker, long rows, long dim, float scale);
// Elements of one state of `rows` rows, and that state laid over them.
size_t ck_attention_state_elements(long rows, long dim);
attention_state ck_attention_state(float *memory, long rows, long dim);
// All segments of the block, merged ascending into b->sum.
void ck_attention_block_run(const tile_kernels *kernels, const attention_block *b);
// o = o * (1/l) for one row, written to `to`.
void ck_attention_row_finish(const attention_rows *r, const attention_state *s, long row, float *to);
