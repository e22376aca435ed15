// Attention over a key-value cache. The definition is in attention.c: a row at position p of a slot gives the
// bits of query p of a training sequence with the same keys and values, whatever rows run beside it.
#include <string.h>
#include "include/ck_attention.h"
#include "attention_rows.h"
#pragma STDC FP_CONTRACT OFF

size_t ck_cache_elements(long slots, long kv_heads, long dim, long capacity) {
    return (size_t)slots * (size_t)kv_heads * (size_t)dim * (size_t)capacity;
}

typedef struct append {
    long rows, kv_heads, dim, capacity;
    const float *k, *v;
    long k_row, v_row;
    const int32_t *slots, *positions;
    float *keys, *values;
} append;

static void append_part(void *arg, long head, int worker) {
    (void)worker;
    const append *a = arg;
    for (long row = 0; row < a->rows; row++) {
        size_t base = ck_cache_elements(a->slots[row], a->kv_heads, a->dim, a->capacity)
            + ck_cache_elements(1, head, a->dim, a->capacity);
        long position = a->positions[row];
        const float *k = a->k + row * a->k_row + head * a->dim, *v = a->v + row * a->v_row + head * a->dim;
        float *tile = a->keys + base + position / TILE * a->dim * TILE + position % TILE;
        for (long d = 0; d < a->dim; d++) tile[d * TILE] = k[d];
        memcpy(a->values + base + position * a->dim, v, (size_t)a->dim * sizeof *v);
    }
}

void ck_cache_append_f32(ck_context *x, long rows, long kv_heads, long dim, long capacity, const float *k,
                         long k_row, const float *v, long v_row, const int32_t *slots,
                         const int32_t *positions, float *keys, float *values) {
    append a = {rows, kv_heads, dim, capacity, k, v, k_row, v_row, slots, positions, keys, values};
    ck_parallel(x, kv_heads, append_part, &a);
}

void ck_cache_copy_f32(ck_context *x, long kv_heads, long dim, long capacity, long from, long to, long count,
                       float *keys, float *values) {
    (void)x;
    long whole = count / TILE * TILE, rest = count % TILE;
    for (long head = 0; head < kv_heads; head++) {
        size_t within = ck_cache_elements(1, head, dim, capacity);
        size_t source = ck_cache_elements(from, kv_heads, dim, capacity) + within;
        size_t target = ck_cache_elements(to, kv_heads, dim, capacity) + within;
        memcpy(keys + target, keys + source, (size_t)(whole * dim) * sizeof *keys);
        for (long d = 0; rest > 0 && d < dim; d++)
            memcpy(keys + target + whole * dim + d * TILE, keys + source + whole * dim + d * TILE,
                   (size_t)rest * sizeof *keys);
        memcpy(values + target, values + source, (size_t)(count * dim) * sizeof *values);
    }
}

typedef struct cached {
    ck_context *x;
    const tile_kernels *kernels;
    long heads, kv_heads, dim, group, capacity;
    const float *q, *keys, *values;
    long q_row;
    const int32_t *slots, *positions;
    float scale, *o;
    const long *starts;         // first row of each block, and the number of rows
    long segments;              // where segments are parts of their own, else 0
    size_t state;               // elements of a state
    float *states;              // [blocks][kv_heads][segments] states
} cached;

// Rows of one sequence share a block: it reads each key once for all of them.
static long cut_into_blocks(const int32_t *slots, long rows, long positions, long *starts) {
    long blocks = 0;
    for (long row = 0; row < rows; row++)
        if (row == 0 || slots[row] != slots[row - 1] || row - starts[blocks - 1] == positions)
            starts[blocks++] = row;
    starts[blocks] = rows;
    return blocks;
}

static attention_block load_block(const cached *c, long item, int worker) {
    long kv = item % c->kv_heads, first = c->starts[item / c->kv_heads];
    long positions = c->starts[item / c->kv_heads + 1] - first;
    attention_block b = ck_attention_block(c->x, worker, positions * c->group, c->dim, c->scale);
    for (long i = 0; i < positions; i++) {
        memcpy(b.q + i * c->group * c->dim, c->q + (first + i) * c->q_row + kv * c->group * c->dim,
               (size_t)(c->group * c->dim) * sizeof(float));
        for (long g = 0; g < c->group; g++) b.count[i * c->group + g] = c->positions[first + i] + 1L;
    }
    size_t base = ck_cache_elements(c->slots[first], c->kv_heads, c->dim, c->capacity)
        + ck_cache_elements(1, kv, c->dim, c->capacity);
    b.rows.keys = c->keys + base;
    b.rows.values = c->values + base;
    b.rows.v_row = c->dim;
    return b;
}

static void store_block(const cached *c, long item, const attention_block *b) {
    long kv = item % c->kv_heads, first = c->starts[item / c->kv_heads];
    for (long row = 0; row < b->rows.rows; row++) {
        long head = kv * c->group + row % c->group;
        ck_attention_row_finish(&b->rows, &b->sum, row,
                                c->o + ((first + row / c->group) * c->heads + head) * c->dim);
    }
}

static void block_part(void *arg, long item, int worker) {
    const cached *c = arg;
    attention_block b = load_block(c, item, worker);
    ck_attention_block_run(c->kernels, &b);
    store_block(c, item, &b);
}

// Long contexts with few heads: each segment is a part, and a second pass merges them in their order.
static void segment_part(void *arg, long part, int worker) {
    const cached *c = arg;
    attention_block b = load_block(c, part / c->segments, worker);
    attention_state s = ck_attention_state(c->states + (size_t)part * c->state, b.rows.rows, c->dim);
    c->kernels->segment(&b.rows, part % c->segments, &s);
}

static void merge_part(void *arg, long item, int worker) {
    const cached *c = arg;
    attention_block b = load_block(c, item, worker);
    for (long i = 0; i < c->segments; i++) {
        size_t at = (size_t)(item * c->segments + i) * c->state;
        attention_state s = ck_attention_state(c->states + at, b.rows.rows, c->dim);
        if (i == 0) b.sum = s;
        else c->kernels->merge(&b.rows, i, &s, &b.sum);
    }
    store_block(c, item, &b);
}

void ck_attention_cached_f32(ck_context *x, long rows, long heads, long kv_heads, long dim, long capacity,
                             const float *q, long q_row, const float *keys, const float *values,
                             const int32_t *slots, const int32_t *positions, float scale, float *o) {
    if (rows <= 0) return;
    long group = heads / kv_heads, most = 0, block_positions = attention_block_positions(group);
    for (long row = 0; row < rows; row++) most = positions[row] + 1L > most ? positions[row] + 1L : most;
    long *starts = ck_scratch(x, 0, 1, (size_t)(rows + 1) * sizeof *starts);
    long items = cut_into_blocks(slots, rows, block_positions, starts) * kv_heads;
    cached c = {.x = x, .kernels = ck_tiles(ck_context_isa(x)), .heads = heads, .kv_heads = kv_heads,
                .dim = dim, .group = group, .capacity = capacity, .q = q, .keys = keys, .values = values,
                .q_row = q_row, .slots = slots, .positions = positions, .scale = scale, .o = o,
                .starts = starts};
    if (items >= 4L * ck_context_threads(x) || most <= SEGMENT || ck_context_threads(x) == 1) {
        ck_parallel(x, items, block_part, &c);
        return;
    }
    c.segments = ceil_div(most, SEGMENT);
    c.state = (size_t)round_up((long)ck_attention_state_elements(block_positions * group, dim), LANES);
    c.states = ck_scratch(x, 0, 2, (size_t)(items * c.segments) * c.state * sizeof *c.states);
    ck_parallel(x, items * c.segments, segment_part, &c);
    ck_parallel(x, items, merge_part, &c);
}
