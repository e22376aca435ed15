// Causal attention, backward. The definition, per head, with s_ij, M_i and L_i of the forward pass
// (attention.c), for queries i and keys j <= i; pairs with j > i do not exist:
//
//     P_ij  = exp(s_ij - M_i) * (1 / L_i)             exp(NaN) is that NaN
//     D_i   = RED16 over d of fma(dO_id, O_id)        (lanes past dim are not touched)
//     dP_ij = chain over d of fma(dO_id, V_jd), restarted every 256
//     dS_ij = P_ij * (dP_ij - D_i)
//     dQ_id = (chain over keys j = 0...i of fma(dS_ij, K_jd)) * scale
//     dV_jd =  chain over queries i = j... of fma(P_ij, dO_id)
//     dK_jd = (chain over queries i = j... of fma(dS_ij, Q_id)) * scale
//
// A chain over keys or queries restarts at every multiple of 256 of the absolute index, like a matrix
// product: p = +0 and the fmas of the block; c = p for the first block that has a pair, c = c + p for later
// ones. Where several query heads share a key head, dV and dK go on (c = c + p) over the heads ascending.
#include <string.h>
#include "include/ck_attention.h"
#include "rows.h"
#include "tiles.h"
#pragma STDC FP_CONTRACT OFF

typedef struct backward {
    ck_context *x;
    const tile_kernels *kernels;
    long batch, time, heads, kv_heads, dim, group, width, blocks;
    const float *q, *k, *v, *o, *stats, *d_o;
    long q_row, k_row, v_row;
    float scale, *dq, *dk, *dv;
} backward;

static const float *query(const backward *g, long b, long head, long i) {
    return g->q + (b * g->time + i) * g->q_row + head * g->dim;
}
static size_t output(const backward *g, long b, long head, long i) {
    return (size_t)(((b * g->time + i) * g->heads + head) * g->dim);
}
static size_t key(const backward *g, long b, long kv, long j) {
    return (size_t)(((b * g->time + j) * g->kv_heads + kv) * g->dim);
}
static long end_of_block(const backward *g, long block) {
    return (block + 1) * CHAIN < g->time ? (block + 1) * CHAIN : g->time;
}

// MARK: - Scalar

static float chain(const float *a, const float *b, long n) {
    float c = 0;
    for (long from = 0; from < n; from += CHAIN) {
        float p = 0;
        for (long d = from; d < n && d < from + CHAIN; d++) p = __builtin_fmaf(a[d], b[d], p);
        c = from == 0 ? p : c + p;
    }
    return c;
}

// P and dS of one query over its keys.
static void scalar_row(const backward *g, long b, long head, long i, float *p, float *ds) {
    const float *q = query(g, b, head, i), *d_o = g->d_o + output(g, b, head, i);
    const float *stats = g->stats + ((b * g->heads + head) * g->time + i) * 2;
    float inverse = 1.0f / stats[1], d = ck_tiles_scalar.dot(d_o, g->o + output(g, b, head, i), g->dim);
    for (long j = 0; j <= i; j++) {
        long kv = head / g->group;
        const float *k = g->k + (b * g->time + j) * g->k_row + kv * g->dim;
        const float *v = g->v + (b * g->time + j) * g->v_row + kv * g->dim;
        p[j] = exp_or_nan(chain(q, k, g->dim) * g->scale - stats[0]) * inverse;
        ds[j] = p[j] * (chain(d_o, v, g->dim) - d);
    }
}

// One block of 256 queries of one head; p and ds hold its rows, `time` apart.
static void scalar_block(const backward *g, long b, long head, long block, float *p, float *ds) {
    long from = block * CHAIN, to = end_of_block(g, block), kv = head / g->group, t = g->time;
    for (long i = from; i < to; i++) {
        float *dq = g->dq + output(g, b, head, i), *row = ds + (i - from) * t;
        scalar_row(g, b, head, i, p + (i - from) * t, row);
        for (long d = 0; d < g->dim; d++) {
            float c = 0;
            for (long first = 0; first <= i; first += CHAIN) {
                float s = 0;
                for (long j = first; j <= i && j < first + CHAIN; j++)
                    s = __builtin_fmaf(row[j], g->k[(b * t + j) * g->k_row + kv * g->dim + d], s);
                c = first == 0 ? s : c + s;
            }
            dq[d] = c * g->scale;
        }
    }
    for (long j = 0; j < to; j++) {
        float *dk = g->dk + key(g, b, kv, j), *dv = g->dv + key(g, b, kv, j);
        int first = head % g->group == 0 && j >= from;
        for (long d = 0; d < g->dim; d++) {
            float sk = 0, sv = 0;
            for (long i = j > from ? j : from; i < to; i++) {
                sv = __builtin_fmaf(p[(i - from) * t + j], g->d_o[output(g, b, head, i) + (size_t)d], sv);
                sk = __builtin_fmaf(ds[(i - from) * t + j], query(g, b, head, i)[d], sk);
            }
            dv[d] = first ? sv : dv[d] + sv;
            dk[d] = first ? sk : dk[d] + sk;
        }
    }
}

static void scalar_part(void *arg, long part, int worker) {
    const backward *g = arg;
    long b = part / g->kv_heads, kv = part % g->kv_heads;
    float *p = ck_scratch(g->x, worker, 0, (size_t)(2 * CHAIN * g->time) * sizeof *p);
    for (long head = kv * g->group; head < (kv + 1) * g->group; head++)
        for (long block = 0; block < g->blocks; block++)
            scalar_block(g, b, head, block, p, p + CHAIN * g->time);
    for (long j = 0; j < g->time; j++) {
        float *dk = g->dk + key(g, b, kv, j);
        for (long d = 0; d < g->dim; d++) dk[d] = dk[d] * g->scale;
    }
}

// MARK: - Vector

// One worker's memory: 256 keys and their gradients, 64 queries and theirs.
typedef struct workspace {
    float *k, *k_tiles, *v_tiles;       // [256][width], [4][dim][64] twice
    float *dk, *dv, *dk_sum, *dv_sum;   // [256][width]: this block's chain, and the sum of blocks
    float *q, *d_o, *dq;                // [64][width]
    float *m, *inverse_l, *d;           // [64]
    float *p, *ds;                      // [64][64]
} workspace;

static workspace make_workspace(const backward *g, int worker) {
    size_t keys = (size_t)(CHAIN * g->width), packed = (size_t)(CHAIN * g->dim);
    size_t queries = (size_t)(TILE * g->width), square = TILE * TILE;
    size_t elements = 5 * keys + 2 * packed + 3 * queries + 3 * TILE + 2 * square;
    float *at = ck_scratch(g->x, worker, 0, elements * sizeof *at);
    workspace w = {.k = at, .dk = at + keys, .dv = at + 2 * keys, .dk_sum = at + 3 * keys,
                   .dv_sum = at + 4 * keys};
    w.k_tiles = at + 5 * keys;
    w.v_tiles = w.k_tiles + packed;
    w.q = w.v_tiles + packed;
    w.d_o = w.q + queries;
    w.dq = w.d_o + queries;
    w.m = w.dq + queries;
    w.inverse_l = w.m + TILE;
    w.d = w.inverse_l + TILE;
    w.p = w.d + TILE;
    w.ds = w.p + square;
    return w;
}

static void copy_padded(const backward *g, const float *from, long row, long count, float *to) {
    for (long i = 0; i < count; i++) {
        memcpy(to + i * g->width, from + i * row, (size_t)g->dim * sizeof *to);
        memset(to + i * g->width + g->dim, 0, (size_t)(g->width - g->dim) * sizeof *to);
    }
}

static void load_keys(const backward *g, const workspace *w, long b, long kv, long block) {
    long from = block * CHAIN, to = end_of_block(g, block);
    const float *k = g->k + (b * g->time + from) * g->k_row + kv * g->dim;
    const float *v = g->v + (b * g->time + from) * g->v_row + kv * g->dim;
    copy_padded(g, k, g->k_row, to - from, w->k);
    for (long j = 0; j < to - from; j += TILE) {
        long n = to - from - j < TILE ? to - from - j : TILE;
        g->kernels->pack_keys(k + j * g->k_row, g->k_row, n, g->dim, w->k_tiles + j * g->dim);
        g->kernels->pack_keys(v + j * g->v_row, g->v_row, n, g->dim, w->v_tiles + j * g->dim);
    }
}

static void load_queries(const backward *g, const workspace *w, long b, long head, long from, long count) {
    const float *o = g->o + output(g, b, head, from), *d_o = g->d_o + output(g, b, head, from);
    const float *stats = g->stats + ((b * g->heads + head) * g->time + from) * 2;
    long row = g->heads * g->dim;
    copy_padded(g, query(g, b, head, from), g->q_row, count, w->q);
    copy_padded(g, d_o, row, count, w->d_o);
    for (long i = 0; i < count; i++) {
        w->m[i] = stats[2 * i];
        w->inverse_l[i] = 1.0f / stats[2 * i + 1];
        w->d[i] = g->kernels->dot(d_o + i * row, o + i * row, g->dim);
    }
}

enum { QUERY_GRADIENT = 1, KEY_GRADIENT = 2 };

// The pairs of one block of 256 keys, loaded, with one block of 256 queries of one head.
static void pair_blocks(const backward *g, const workspace *w, long b, long head, long key_block,
                        long query_block, int wanted) {
    long first_key = key_block * CHAIN, last_key = end_of_block(g, key_block), dim = g->dim, width = g->width;
    for (long from = query_block * CHAIN; from < end_of_block(g, query_block); from += TILE) {
        long queries = g->time - from < TILE ? g->time - from : TILE;
        load_queries(g, w, b, head, from, queries);
        if (wanted & QUERY_GRADIENT) memset(w->dq, 0, (size_t)(queries * width) * sizeof *w->dq);
        for (long j = 0; first_key + j < last_key && first_key + j <= from; j += TILE) {
            long keys = last_key - first_key - j;
            attention_gradient_tile tile = {
                .queries = queries, .keys = keys < TILE ? keys : TILE, .dim = dim, .width = width,
                .diagonal = first_key + j == from, .scale = g->scale, .q = w->q, .d_o = w->d_o, .m = w->m,
                .inverse_l = w->inverse_l, .d = w->d, .k = w->k + j * width, .k_tile = w->k_tiles + j * dim,
                .v_tile = w->v_tiles + j * dim, .p = w->p, .ds = w->ds,
                .dq = wanted & QUERY_GRADIENT ? w->dq : NULL,
                .dk = wanted & KEY_GRADIENT ? w->dk + j * width : NULL,
                .dv = wanted & KEY_GRADIENT ? w->dv + j * width : NULL};
            g->kernels->gradient_tile(&tile);
        }
        for (long i = 0; wanted & QUERY_GRADIENT && i < queries; i++) {
            float *dq = g->dq + output(g, b, head, from + i), *p = w->dq + i * width;
            for (long d = 0; d < dim; d++) {
                float c = key_block == 0 ? p[d] : dq[d] + p[d];
                dq[d] = key_block == query_block ? c * g->scale : c;
            }
        }
    }
}

// The gradients of one block of keys: heads ascending, query blocks ascending.
static void key_block_gradients(const backward *g, const workspace *w, long b, long kv, long block,
                                int wanted) {
    long keys = end_of_block(g, block) - block * CHAIN, n = keys * g->width;
    load_keys(g, w, b, kv, block);
    for (long head = kv * g->group; head < (kv + 1) * g->group; head++)
        for (long queries = block; queries < g->blocks; queries++) {
            int first = head == kv * g->group && queries == block;
            memset(w->dk, 0, (size_t)n * sizeof *w->dk);
            memset(w->dv, 0, (size_t)n * sizeof *w->dv);
            pair_blocks(g, w, b, head, block, queries, wanted);
            for (long i = 0; i < n; i++) {
                w->dk_sum[i] = first ? w->dk[i] : w->dk_sum[i] + w->dk[i];
                w->dv_sum[i] = first ? w->dv[i] : w->dv_sum[i] + w->dv[i];
            }
        }
    for (long j = 0; j < keys; j++) {
        size_t at = key(g, b, kv, block * CHAIN + j);
        for (long d = 0; d < g->dim; d++) g->dk[at + (size_t)d] = w->dk_sum[j * g->width + d] * g->scale;
        memcpy(g->dv + at, w->dv_sum + j * g->width, (size_t)g->dim * sizeof *g->dv);
    }
}

// Everything of one key head, key blocks ascending.
static void head_part(void *arg, long part, int worker) {
    const backward *g = arg;
    workspace w = make_workspace(g, worker);
    for (long block = 0; block < g->blocks; block++)
        key_block_gradients(g, &w, part / g->kv_heads, part % g->kv_heads, block,
                            QUERY_GRADIENT | KEY_GRADIENT);
}

// Where there are too few heads for the threads: key blocks and query blocks are parts of their own, and
// P and dS are computed twice. The blocks with the most pairs are claimed first.
static void keys_part(void *arg, long part, int worker) {
    const backward *g = arg;
    workspace w = make_workspace(g, worker);
    long head = part % (g->batch * g->kv_heads), block = part / (g->batch * g->kv_heads);
    key_block_gradients(g, &w, head / g->kv_heads, head % g->kv_heads, block, KEY_GRADIENT);
}

static void queries_part(void *arg, long part, int worker) {
    const backward *g = arg;
    workspace w = make_workspace(g, worker);
    long at = part % (g->batch * g->heads), b = at / g->heads, head = at % g->heads;
    long queries = g->blocks - 1 - part / (g->batch * g->heads);
    for (long block = 0; block <= queries; block++) {
        load_keys(g, &w, b, head / g->group, block);
        pair_blocks(g, &w, b, head, block, queries, QUERY_GRADIENT);
    }
}

void ck_attention_backward_f32(ck_context *x, long batch, long time, long heads, long kv_heads, long dim,
                               const float *q, long q_row, const float *k, long k_row, const float *v,
                               long v_row, float scale, const float *o, const float *stats, const float *d_o,
                               float *dq, float *dk, float *dv) {
    if (batch <= 0 || time <= 0) return;
    backward g = {.x = x, .kernels = ck_tiles(ck_context_isa(x)), .batch = batch, .time = time,
                  .heads = heads, .kv_heads = kv_heads, .dim = dim, .group = heads / kv_heads,
                  .width = round_up(dim, LANES), .blocks = ceil_div(time, CHAIN), .q = q, .k = k, .v = v,
                  .o = o, .stats = stats, .d_o = d_o, .q_row = q_row, .k_row = k_row, .v_row = v_row,
                  .scale = scale, .dq = dq, .dk = dk, .dv = dv};
    long parts = batch * kv_heads;
    int threads = ck_context_threads(x);
    if (g.kernels == &ck_tiles_scalar) {
        ck_parallel(x, parts, scalar_part, &g);
    } else if (parts % threads == 0 || parts >= 2 * threads || g.blocks == 1) {
        ck_parallel(x, parts, head_part, &g);
    } else {
        ck_parallel(x, parts * g.blocks, keys_part, &g);
        ck_parallel(x, batch * heads * g.blocks, queries_part, &g);
    }
}
