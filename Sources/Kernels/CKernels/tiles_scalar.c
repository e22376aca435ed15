// The tiles in scalar code: the definition that the vector code repeats bit for bit.
#include <string.h>
#include "rows.h"
#include "tiles.h"
#pragma STDC FP_CONTRACT OFF

const tile_kernels *ck_tiles(ck_isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case CK_AVX512: return &ck_tiles_avx512;
    case CK_AVX2: return &ck_tiles_avx2;
#elif defined(__aarch64__)
    case CK_NEON: return &ck_tiles_neon;
#endif
    default: return &ck_tiles_scalar;
    }
}

static void pack_keys(const float *k, long k_row, long count, long dim, float *tile) {
    for (long d = 0; d < dim; d++)
        for (long j = 0; j < TILE; j++) tile[d * TILE + j] = j < count ? k[j * k_row + d] : 0;
}

static float dot(const float *a, const float *b, long n) {
    float s[LANES] = {0};
    for (long i = 0; i < n; i++) s[i % LANES] = __builtin_fmaf(a[i], b[i], s[i % LANES]);
    return red16_of_lanes(s);
}

static void product(long rows, long vectors, long k, const float *a, long a_row, long a_col,
                    const float *b, long b_row, float *c, long c_row, int load) {
    for (long r = 0; r < rows; r++)
        for (long n = 0; n < vectors * LANES; n++) {
            float s = load ? c[r * c_row + n] : 0;
            for (long i = 0; i < k; i++)
                s = __builtin_fmaf(a[r * a_row + i * a_col], b[i * b_row + n], s);
            c[r * c_row + n] = s;
        }
}

// Maximum and RED16 sum by lanes: key j of the tile goes to lane j % 16, then lane h joins lane 0...
static float max_of(const float *x, long n) {
    float s[LANES];
    for (int l = 0; l < LANES; l++) s[l] = -__builtin_inff();
    for (long j = 0; j < n; j++) s[j % LANES] = x[j] > s[j % LANES] ? x[j] : s[j % LANES];
    for (int h = LANES / 2; h > 0; h /= 2)
        for (int l = 0; l < h; l++) s[l] = s[l + h] > s[l] ? s[l + h] : s[l];
    return s[0];
}

static float sum_of(const float *x, long n) {
    float s[LANES] = {0};
    for (long j = 0; j < n; j++) s[j % LANES] = s[j % LANES] + x[j];
    return red16_of_lanes(s);
}

static float score(const float *q, const float *tile, long j, long dim, float scale) {
    float c = 0;
    for (long from = 0; from < dim; from += CHAIN) {
        float p = 0;
        for (long d = from; d < dim && d < from + CHAIN; d++) p = __builtin_fmaf(q[d], tile[d * TILE + j], p);
        c = from == 0 ? p : c + p;
    }
    return c * scale;
}

// One row over the keys from..<to of one segment.
static void row_segment(const attention_rows *r, long row, long from, long to, const attention_state *s) {
    float m = 0, l = 0, *o = s->o + row * r->width, p[TILE];
    memset(o, 0, (size_t)r->width * sizeof *o);
    for (long at = from; at < to; at += TILE) {
        long n = to - at < TILE ? to - at : TILE;
        for (long j = 0; j < n; j++)
            p[j] = score(r->q + row * r->dim, r->keys + at * r->dim, j, r->dim, r->scale);
        float tile_max = max_of(p, n);
        float now = at == from || tile_max > m ? tile_max : m;
        for (long j = 0; j < n; j++) p[j] = exp_or_nan(p[j] - now);
        if (at == from) {
            l = sum_of(p, n);
        } else {
            float a = exp_or_nan(m - now);
            l = __builtin_fmaf(l, a, sum_of(p, n));
            for (long d = 0; d < r->dim; d++) o[d] = o[d] * a;
        }
        m = now;
        for (long d = 0; d < r->dim; d++)
            for (long j = 0; j < n; j++)
                o[d] = __builtin_fmaf(p[j], r->values[(at + j) * r->v_row + d], o[d]);
    }
    s->m[row] = m;
    s->l[row] = l;
}

static void segment(const attention_rows *r, long segment, const attention_state *s) {
    long from = segment * SEGMENT;
    for (long row = 0; row < r->rows; row++) {
        long to = r->count[row] < from + SEGMENT ? r->count[row] : from + SEGMENT;
        if (to > from) row_segment(r, row, from, to, s);
    }
}

static void merge(const attention_rows *r, long segment, const attention_state *s,
                  const attention_state *into) {
    for (long i = 0; i < r->rows; i++) {
        if (r->count[i] <= segment * SEGMENT) continue;
        float now = s->m[i] > into->m[i] ? s->m[i] : into->m[i];
        float a = exp_or_nan(into->m[i] - now), b = exp_or_nan(s->m[i] - now);
        float *o = into->o + i * r->width, *p = s->o + i * r->width;
        into->m[i] = now;
        into->l[i] = __builtin_fmaf(s->l[i], b, into->l[i] * a);
        for (long d = 0; d < r->dim; d++) o[d] = __builtin_fmaf(p[d], b, o[d] * a);
    }
}

const tile_kernels ck_tiles_scalar = {pack_keys, segment, merge, 0, dot, product};
