// Vector code of the tiles over 16 fp32 lanes: one zmm, two ymm or four NEON registers. Included once per
// instruction set, inside its target attribute, after TILE_VECTORS (vectors per register block) is set.
#include <string.h>
#include "lanes.h"
#include "tiles.h"
#pragma STDC FP_CONTRACT OFF

INLINE f16 max16(f16 a, f16 b) { return a > b ? a : b; }

// The register block: rows x vectors accumulators, both constants. Where `fetch`, the data `ahead` elements
// behind each b is fetched early.
INLINE void block(const int rows, const int vectors, long k, const float *a, long a_row, long a_col,
                  const float *b, long b_row, float *c, long c_row, int load, const int fetch, long ahead) {
    f16 s[8][4];
#pragma unroll
    for (int r = 0; r < rows; r++)
#pragma unroll
        for (int v = 0; v < vectors; v++) s[r][v] = load ? load16(c + r * c_row + 16 * v) : (f16)0;
    for (long i = 0; i < k; i++) {
        f16 w[4];
#pragma unroll
        for (int v = 0; v < vectors; v++) {
            w[v] = load16(b + i * b_row + 16 * v);
            if (fetch) __builtin_prefetch(b + i * b_row + 16 * v + ahead, 0, 3);
        }
#pragma unroll
        for (int r = 0; r < rows; r++) {
            f16 x = (f16)a[r * a_row + i * a_col];
#pragma unroll
            for (int v = 0; v < vectors; v++) s[r][v] = fma16(x, w[v], s[r][v]);
        }
    }
#pragma unroll
    for (int r = 0; r < rows; r++)
#pragma unroll
        for (int v = 0; v < vectors; v++) store16(c + r * c_row + 16 * v, s[r][v]);
}

#define BLOCKS(ROWS, VECTORS, FETCH)                                                                    \
    for (; r + ROWS <= rows; r += ROWS)                                                                 \
        block(ROWS, VECTORS, k, a + r * a_row, a_row, a_col, b, b_row, c + r * c_row, c_row, load, FETCH,\
              ahead)
#define STRIP(NAME, ROWS, VECTORS, FETCH)                                                               \
    static __attribute__((noinline)) void NAME(                                                         \
        long rows, long k, const float *a, long a_row, long a_col, const float *b, long b_row,          \
        float *c, long c_row, int load, long ahead) {                                                   \
        (void)ahead;                                                                                    \
        long r = 0;                                                                                     \
        if (ROWS > 4) BLOCKS(ROWS, VECTORS, FETCH);                                                     \
        BLOCKS(4, VECTORS, FETCH);                                                                      \
        BLOCKS(2, VECTORS, FETCH);                                                                      \
        BLOCKS(1, VECTORS, FETCH);                                                                      \
    }
#if TILE_VECTORS == 4
STRIP(strip_of_4, 4, 4, 0)
STRIP(strip_of_2, 8, 2, 0)
STRIP(strip_of_1, 8, 1, 0)
STRIP(strip_of_4_fetching, 4, 4, 1)
#else
STRIP(strip_of_1, 4, 1, 0)
STRIP(strip_of_1_fetching, 4, 1, 1)
#endif

// The product of tile_kernels; b + ahead is fetched where `ahead` is not 0.
INLINE void fetching_product(long rows, long vectors, long k, const float *a, long a_row, long a_col,
                             const float *b, long b_row, float *c, long c_row, int load, long ahead) {
    long v = 0;
#if TILE_VECTORS == 4
    for (; v + 4 <= vectors; v += 4)
        (ahead ? strip_of_4_fetching : strip_of_4)(
            rows, k, a, a_row, a_col, b + 16 * v, b_row, c + 16 * v, c_row, load, ahead);
    for (; v + 2 <= vectors; v += 2)
        strip_of_2(rows, k, a, a_row, a_col, b + 16 * v, b_row, c + 16 * v, c_row, load, 0);
    for (; v < vectors; v++)
        strip_of_1(rows, k, a, a_row, a_col, b + 16 * v, b_row, c + 16 * v, c_row, load, 0);
#else
    for (; v < vectors; v++)
        (ahead ? strip_of_1_fetching : strip_of_1)(
            rows, k, a, a_row, a_col, b + 16 * v, b_row, c + 16 * v, c_row, load, ahead);
#endif
}

static void product(long rows, long vectors, long k, const float *a, long a_row, long a_col,
                    const float *b, long b_row, float *c, long c_row, int load) {
    fetching_product(rows, vectors, k, a, a_row, a_col, b, b_row, c, c_row, load, 0);
}

// At most 8 rows, row r over its own k in from[r]..<to[r]: together where they overlap, alone at the ends.
static void ranged_product(long rows, long vectors, const long *from, const long *to, const float *a,
                           long a_row, long a_col, const float *b, long b_row, float *c, long c_row,
                           long ahead) {
    long first = from[0], last = to[0];
    for (long r = 1; r < rows; r++) {
        first = from[r] > first ? from[r] : first;
        last = to[r] < last ? to[r] : last;
    }
    if (first > last) first = last;
    for (long r = 0; r < rows; r++)
        if (from[r] < first)
            product(1, vectors, first - from[r], a + r * a_row + from[r] * a_col, a_row, a_col,
                    b + from[r] * b_row, b_row, c + r * c_row, c_row, 1);
    if (first < last)
        fetching_product(rows, vectors, last - first, a + first * a_col, a_row, a_col, b + first * b_row,
                         b_row, c, c_row, 1, ahead);
    for (long r = 0; r < rows; r++) {
        long at = from[r] > last ? from[r] : last;
        if (at < to[r])
            product(1, vectors, to[r] - at, a + r * a_row + at * a_col, a_row, a_col, b + at * b_row, b_row,
                    c + r * c_row, c_row, 1);
    }
}

// c[r][0..<16*vectors] = dot over dim with the packed tile, restarting every 256; at most 8 rows.
static void dots(long rows, long vectors, long dim, const float *a, long a_row, const float *tile, float *c,
                 long ahead) {
    fetching_product(rows, vectors, dim < CHAIN ? dim : CHAIN, a, a_row, 1, tile, TILE, c, TILE, 0, ahead);
    for (long d = CHAIN; d < dim; d += CHAIN) {
        float p[8 * TILE];
        long n = dim - d < CHAIN ? dim - d : CHAIN;
        product(rows, vectors, n, a + d, a_row, 1, tile + d * TILE, TILE, p, TILE, 0);
        for (long r = 0; r < rows; r++)
            for (long v = 0; v < vectors; v++) {
                float *y = c + r * TILE + 16 * v;
                store16(y, load16(y) + load16(p + r * TILE + 16 * v));
            }
    }
}

static float dot(const float *a, const float *b, long n) {
    f16 s = 0;
    long i = 0;
    for (; i + 16 <= n; i += 16) s = fma16(load16(a + i), load16(b + i), s);
    if (i < n) s = below(n - i) ? fma16(load_part(a + i, n - i), load_part(b + i, n - i), s) : s;
    return sum_lanes(s);
}

INLINE f16 interleave_low(f16 a, f16 b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
INLINE f16 interleave_high(f16 a, f16 b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

// Each round rotates the 8-bit address (row, lane) by one bit; four rounds exchange row and lane.
INLINE void transpose(f16 r[16]) {
#pragma unroll
    for (int round = 0; round < 4; round++) {
        f16 t[16];
#pragma unroll
        for (int i = 0; i < 8; i++) {
            t[2 * i] = interleave_low(r[i], r[i + 8]);
            t[2 * i + 1] = interleave_high(r[i], r[i + 8]);
        }
#pragma unroll
        for (int i = 0; i < 16; i++) r[i] = t[i];
    }
}

static void pack_keys(const float *k, long k_row, long count, long dim, float *tile) {
    for (long d = 0; d < dim; d += 16) {
        long n = dim - d < 16 ? dim - d : 16;
        for (long j = 0; j < TILE; j += 16) {
            f16 r[16];
            for (long i = 0; i < 16; i++) {
                const float *from = k + (j + i) * k_row + d;
                if (j + i >= count) r[i] = 0;
                else r[i] = n == 16 ? load16(from) : load_part(from, n);
            }
            transpose(r);
            for (long i = 0; i < n; i++) store16(tile + (d + i) * TILE + j, r[i]);
        }
    }
}
