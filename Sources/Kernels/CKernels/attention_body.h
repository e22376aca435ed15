// Vector forward: eight query rows against one tile of 64 keys at a time. See attention.c for the definition.

enum { FEW_ROWS = 16, TILES_AT_ONCE = 4 };

// Scores of one row to probabilities, in place; the row's maximum, sum and output are brought along.
INLINE void softmax_tile(float *scores, long valid, float scale, int first, float *m, float *l, float *o,
                         long width) {
    f16 x[4], lanes = -__builtin_inff();
    const f16 omitted = lanes;
#pragma unroll
    for (int c = 0; c < 4; c++) {
        x[c] = omitted;
        if (16 * c < valid) {
            x[c] = load16(scores + 16 * c) * scale;
            if (16 * c + 16 > valid) x[c] = below(valid - 16 * c) ? x[c] : omitted;
        }
        lanes = max16(x[c], lanes);
    }
    float tile_max = max_lanes(lanes), old = *m;
    float now = first || tile_max > old ? tile_max : old;
    f16 sums = 0;
#pragma unroll
    for (int c = 0; c < 4; c++) {
        if (16 * c >= valid) break;
        f16 p = exp_or_nan16(x[c] - now);
        if (16 * c + 16 > valid) p = below(valid - 16 * c) ? p : (f16)0;
        store16(scores + 16 * c, p);
        sums = sums + p;
    }
    float sum = sum_lanes(sums);
    *m = now;
    if (first) {
        *l = sum;
        memset(o, 0, (size_t)width * sizeof *o);
        return;
    }
    if (old - now == 0) { // a is exactly 1
        *l = *l + sum;
        return;
    }
    f16 a = exp_or_nan16((f16)(old - now));
    *l = __builtin_fmaf(*l, a.x, sum);
    for (long d = 0; d < width; d += 16) store16(o + d, load16(o + d) * a);
}

// Keys of the tile that starts at key `at` that at most eight rows see; the most that one of them sees.
static long visible(const attention_rows *r, long row, long rows, long at, long *valid) {
    long most = 0;
    for (long i = 0; i < rows; i++) {
        long n = r->count[row + i] - at;
        valid[i] = n < 0 ? 0 : n > TILE ? TILE : n;
        most = valid[i] > most ? valid[i] : most;
    }
    return most;
}

// The value tile that starts at key `at`, in rows of whole vectors.
static const float *value_tile(const attention_rows *r, long at, long to, long *v_row) {
    const float *v = r->values + at * r->v_row;
    *v_row = r->v_row;
    if (r->dim == r->width) return v;
    for (long j = 0; j < TILE && at + j < to; j++) {
        memcpy(r->padded + j * r->width, v + j * r->v_row, (size_t)r->dim * sizeof *v);
        memset(r->padded + j * r->width + r->dim, 0, (size_t)(r->width - r->dim) * sizeof *v);
    }
    *v_row = r->width;
    return r->padded;
}

// At most eight rows against up to four tiles: all their keys, then all their values, as two long streams.
static void attend(const attention_rows *r, long row, long rows, long from, long to, int first,
                   const attention_state *s) {
    static const long none[8] = {0};
    float scores[TILES_AT_ONCE][8 * TILE];
    long valid[TILES_AT_ONCE][8], most[TILES_AT_ONCE];
    // Few rows wait for memory, so they fetch the next tile; many find it in the cache.
    long ahead = r->rows <= FEW_ROWS ? TILE : 0, v_row;
    for (long at = from, t = 0; at < to; at += TILE, t++) {
        most[t] = visible(r, row, rows, at, valid[t]);
        if (most[t] > 0)
            dots(rows, (most[t] + 15) / 16, r->dim, r->q + row * r->dim, r->dim, r->keys + at * r->dim,
                 scores[t], ahead * r->dim);
    }
    for (long at = from, t = 0; at < to; at += TILE, t++) {
        if (most[t] == 0) continue;
        const float *v = value_tile(r, at, to, &v_row);
        for (long i = 0; i < rows; i++)
            if (valid[t][i] > 0)
                softmax_tile(scores[t] + i * TILE, valid[t][i], r->scale, first && t == 0, s->m + row + i,
                             s->l + row + i, s->o + (row + i) * r->width, r->width);
        ranged_product(rows, r->width / 16, none, valid[t], scores[t], TILE, 1, v, v_row,
                       s->o + row * r->width, r->width, ahead * v_row);
    }
}

static void segment(const attention_rows *r, long segment, const attention_state *s) {
    long from = segment * SEGMENT, to = 0;
    for (long i = 0; i < r->rows; i++) to = r->count[i] > to ? r->count[i] : to;
    if (to > from + SEGMENT) to = from + SEGMENT;
    long step = (r->rows <= FEW_ROWS ? TILES_AT_ONCE : 1) * TILE;
    for (long at = from; at < to; at += step) {
        long end = at + step < to ? at + step : to;
        for (long row = 0; row < r->rows; row += 8) {
            long rows = r->rows - row < 8 ? r->rows - row : 8;
            attend(r, row, rows, at, end, at == from, s);
        }
    }
}

static void merge(const attention_rows *r, long segment, const attention_state *s,
                  const attention_state *into) {
    for (long i = 0; i < r->rows; i++) {
        if (r->count[i] <= segment * SEGMENT) continue;
        float now = s->m[i] > into->m[i] ? s->m[i] : into->m[i];
        f16 a = exp_or_nan16((f16)(into->m[i] - now)), b = exp_or_nan16((f16)(s->m[i] - now));
        float *o = into->o + i * r->width, *p = s->o + i * r->width;
        into->m[i] = now;
        into->l[i] = __builtin_fmaf(s->l[i], b.x, into->l[i] * a.x);
        for (long d = 0; d < r->width; d += 16)
            store16(o + d, fma16(load16(p + d), b, load16(o + d) * a));
    }
}
