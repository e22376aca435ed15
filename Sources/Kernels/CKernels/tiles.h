// Private: the small dense products and softmax tiles under attention and convolution, one table per
// instruction set. tiles_body.h is the vector code, compiled once per instruction set; tiles_scalar.c is
// the definition.
#pragma once
#include "include/ck_context.h"

enum { TILE = 64, SEGMENT = 1024, CHAIN = 256, LANES = 16 };

// Some query rows that share one key head. count[r] keys, from absolute key 0, are visible to row r.
typedef struct attention_rows {
    long rows, dim, width;      // width: dim rounded up to 16 lanes
    float scale;
    const float *q;             // [rows][dim]
    const long *count;          // [rows], each at least 1
    const float *keys;          // [tiles][dim][64]
    const float *values;        // key j at values[j * v_row]
    long v_row;
    float *padded;              // [64][width], where dim is not width
} attention_rows;

// Running softmax of each row: maximum, sum, unnormalised output.
typedef struct attention_state {
    float *m, *l;               // [rows]
    float *o;                   // [rows][width]
} attention_state;

// Gradients of at most 64 queries against one tile of at most 64 keys.
typedef struct attention_gradient_tile {
    long queries, keys, dim, width;
    int diagonal;               // query i sees keys 0...i of the tile, else all of them
    float scale;
    const float *q, *d_o;       // [64][width], +0 past dim
    const float *m, *inverse_l, *d; // [64]
    const float *k;             // [64][width], +0 past dim
    const float *k_tile, *v_tile;   // [dim][64]
    float *p, *ds;              // [64][64] scratch
    float *dq;                  // [64][width] chains to go on with, or NULL
    float *dk, *dv;             // [64][width] chains to go on with, or both NULL
} attention_gradient_tile;

typedef struct tile_kernels {
    // tile[d][j] = k[j][d] for j < count, +0 for the other keys of the 64.
    void (*pack_keys)(const float *k, long k_row, long count, long dim, float *tile);
    // The state of every row that has keys in this segment, from these keys alone.
    void (*segment)(const attention_rows *r, long segment, const attention_state *s);
    // into = into merged with the state of a later segment, where the row has keys in it.
    void (*merge)(const attention_rows *r, long segment, const attention_state *s,
                  const attention_state *into);
    void (*gradient_tile)(const attention_gradient_tile *t); // vector kernels only
    float (*dot)(const float *a, const float *b, long n); // RED16, n <= 4096
    // c[r][0..<16*vectors] = fma chain over k ascending of a[r * a_row + k * a_col] * b[k * b_row + ...],
    // going on from c where `load`, else from +0.
    void (*product)(long rows, long vectors, long k, const float *a, long a_row, long a_col,
                    const float *b, long b_row, float *c, long c_row, int load);
} tile_kernels;

extern const tile_kernels ck_tiles_scalar, ck_tiles_avx2, ck_tiles_avx512, ck_tiles_neon;
const tile_kernels *ck_tiles(ck_isa isa);

static inline long round_up(long n, long to) { return (n + to - 1) / to * to; }
static inline long ceil_div(long n, long by) { return (n + by - 1) / by; }
