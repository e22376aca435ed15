// Causal attention, forward. The definition, for one query row of one head with keys 0..<n:
//
//     for each segment of 1024 keys, ascending, alone:
//         for each tile of 64 keys, ascending, its keys below n only:
//             s_j = (chain over d of fma(q_d, k_jd), restarted every 256) * scale
//             t = max of the s_j:  lane = -Inf; lane[j % 16] = s_j > lane ? s_j : lane, j ascending; then
//                 lane[i] = lane[i + h] > lane[i] ? lane[i + h] : lane[i] for h = 8, 4, 2, 1
//             first tile:  m = t;  p_j = exp(s_j - m);  l = RED16(p);  o_d = +0
//             later tiles: w = t > m ? t : m;  a = exp(m - w);  p_j = exp(s_j - w);  l = fma(l, a, RED16(p))
//                          o_d = o_d * a;  m = w
//             o_d = fma(p_j, v_jd, o_d), j ascending
//     first segment: (M, L, O) = (m, l, o)
//     later ones:    w = m > M ? m : M;  a = exp(M - w);  b = exp(m - w);  M = w
//                    L = fma(l, b, L * a);  O_d = fma(o_d, b, O_d * a)
//     output: O_d * (1 / L);  statistics: M, L
//
// exp is ck_exp except that exp(NaN) is that NaN. Keys at n and above are omitted, never computed as zero:
// they change no bit, not the sign of a zero, and may hold anything. A NaN score or a maximum that is not
// finite makes the row's output NaN, so a fault cannot hide. -0 and +0 as m give the same p_j.
#include <string.h>
#include "include/ck_attention.h"
#include "attention_rows.h"
#pragma STDC FP_CONTRACT OFF

static float *take(char **at, size_t elements) {
    float *p = (float *)*at;
    *at += round_up((long)(elements * sizeof *p), 64);
    return p;
}

size_t ck_attention_state_elements(long rows, long dim) {
    return (size_t)(rows * round_up(dim, LANES) + 2 * round_up(rows, LANES));
}

attention_state ck_attention_state(float *memory, long rows, long dim) {
    float *m = memory + rows * round_up(dim, LANES);
    return (attention_state){.m = m, .l = m + round_up(rows, LANES), .o = memory};
}

attention_block ck_attention_block(ck_context *x, int worker, long rows, long dim, float scale) {
    long width = round_up(dim, LANES);
    size_t state = ck_attention_state_elements(rows, dim);
    size_t elements = (size_t)(rows * dim + TILE * width) + 2 * state;
    char *at = ck_scratch(x, worker, 0, elements * sizeof(float) + (size_t)rows * sizeof(long) + 5 * 64);
    attention_block b = {.rows = {.rows = rows, .dim = dim, .width = width, .scale = scale}};
    b.sum = ck_attention_state(take(&at, state), rows, dim);
    b.part = ck_attention_state(take(&at, state), rows, dim);
    b.q = take(&at, (size_t)(rows * dim));
    b.rows.padded = take(&at, (size_t)(TILE * width));
    b.count = (long *)at;
    b.rows.q = b.q;
    b.rows.count = b.count;
    return b;
}

void ck_attention_block_run(const tile_kernels *kernels, const attention_block *b) {
    long most = 0;
    for (long i = 0; i < b->rows.rows; i++) most = b->count[i] > most ? b->count[i] : most;
    kernels->segment(&b->rows, 0, &b->sum);
    for (long s = 1; s * SEGMENT < most; s++) {
        kernels->segment(&b->rows, s, &b->part);
        kernels->merge(&b->rows, s, &b->part, &b->sum);
    }
}

void ck_attention_row_finish(const attention_rows *r, const attention_state *s, long row, float *to) {
    const float *o = s->o + row * r->width;
    float inverse = 1.0f / s->l[row];
    for (long d = 0; d < r->dim; d++) to[d] = o[d] * inverse;
}

typedef struct forward {
    ck_context *x;
    const tile_kernels *kernels;
    long batch, time, heads, kv_heads, dim, group, positions, blocks, tiles;
    const float *q, *k, *v;
    long q_row, k_row, v_row;
    float scale, *keys, *o, *stats;
} forward;

static void pack_part(void *arg, long part, int worker) {
    (void)worker;
    const forward *f = arg;
    long tile = part % f->tiles, head = part / f->tiles % f->kv_heads, b = part / f->tiles / f->kv_heads;
    long left = f->time - tile * TILE;
    const float *k = f->k + (b * f->time + tile * TILE) * f->k_row + head * f->dim;
    f->kernels->pack_keys(k, f->k_row, left < TILE ? left : TILE, f->dim, f->keys + part * f->dim * TILE);
}

// One block of query positions of one key head; the longest rows are claimed first.
static void forward_part(void *arg, long part, int worker) {
    const forward *f = arg;
    long heads = part % (f->batch * f->kv_heads), b = heads / f->kv_heads, kv = heads % f->kv_heads;
    long first = (f->blocks - 1 - part / (f->batch * f->kv_heads)) * f->positions;
    long positions = f->time - first < f->positions ? f->time - first : f->positions;
    attention_block block = ck_attention_block(f->x, worker, positions * f->group, f->dim, f->scale);
    for (long row = 0; row < block.rows.rows; row++) {
        long t = first + row / f->group, head = kv * f->group + row % f->group;
        memcpy(block.q + row * f->dim, f->q + (b * f->time + t) * f->q_row + head * f->dim,
               (size_t)f->dim * sizeof(float));
        block.count[row] = t + 1;
    }
    block.rows.keys = f->keys + heads * f->tiles * f->dim * TILE;
    block.rows.values = f->v + b * f->time * f->v_row + kv * f->dim;
    block.rows.v_row = f->v_row;
    ck_attention_block_run(f->kernels, &block);
    for (long row = 0; row < block.rows.rows; row++) {
        long t = first + row / f->group, head = kv * f->group + row % f->group;
        ck_attention_row_finish(&block.rows, &block.sum, row,
                                f->o + ((b * f->time + t) * f->heads + head) * f->dim);
        if (!f->stats) continue;
        float *stats = f->stats + ((b * f->heads + head) * f->time + t) * 2;
        stats[0] = block.sum.m[row];
        stats[1] = block.sum.l[row];
    }
}

void ck_attention_f32(ck_context *x, long batch, long time, long heads, long kv_heads, long dim,
                      const float *q, long q_row, const float *k, long k_row, const float *v, long v_row,
                      float scale, float *o, float *stats) {
    if (batch <= 0 || time <= 0) return;
    long tiles = ceil_div(time, TILE), group = heads / kv_heads, positions = attention_block_positions(group);
    size_t packed = (size_t)(batch * kv_heads * tiles) * (size_t)(dim * TILE) * sizeof(float);
    forward f = {.x = x, .kernels = ck_tiles(ck_context_isa(x)), .batch = batch, .time = time, .heads = heads,
                 .kv_heads = kv_heads, .dim = dim, .group = group, .positions = positions,
                 .blocks = ceil_div(time, positions), .tiles = tiles, .q = q, .k = k, .v = v, .q_row = q_row,
                 .k_row = k_row, .v_row = v_row, .scale = scale, .keys = ck_scratch(x, 0, 1, packed), .o = o,
                 .stats = stats};
    ck_parallel(x, batch * kv_heads * tiles, pack_part, &f);
    ck_parallel(x, f.blocks * batch * kv_heads, forward_part, &f);
}
