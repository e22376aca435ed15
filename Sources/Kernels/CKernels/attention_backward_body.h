// Vector backward of 64 queries x 64 keys. See attention_backward.c for the definition.

// P and dS of at most eight query rows; entries of later keys are computed and never read.
INLINE void probabilities(const attention_gradient_tile *t, long row, long rows, long vectors) {
    dots(rows, vectors, t->dim, t->q + row * t->width, t->width, t->k_tile, t->p + row * TILE, 0);
    dots(rows, vectors, t->dim, t->d_o + row * t->width, t->width, t->v_tile, t->ds + row * TILE, 0);
    for (long i = row; i < row + rows; i++)
        for (long v = 0; v < vectors; v++) {
            float *p = t->p + i * TILE + 16 * v, *ds = t->ds + i * TILE + 16 * v;
            f16 e = exp_or_nan16(load16(p) * t->scale - t->m[i]) * t->inverse_l[i];
            store16(p, e);
            store16(ds, e * (load16(ds) - t->d[i]));
        }
}

static void gradient_tile(const attention_gradient_tile *t) {
    long from[8] = {0}, to[8], width = t->width, vectors = width / 16;
    for (long row = 0; row < t->queries; row += 8) {
        long rows = t->queries - row < 8 ? t->queries - row : 8;
        long seen = t->diagonal && row + rows < t->keys ? row + rows : t->keys;
        probabilities(t, row, rows, (seen + 15) / 16);
        for (long i = 0; i < rows; i++) {
            long end = row + i + 1;
            to[i] = t->diagonal && end < t->keys ? end : t->keys;
        }
        if (t->dq)
            ranged_product(rows, vectors, from, to, t->ds + row * TILE, TILE, 1, t->k, width,
                           t->dq + row * width, width, 0);
    }
    if (!t->dk) return;
    for (long key = 0; key < t->keys; key += 8) {
        long keys = t->keys - key < 8 ? t->keys - key : 8;
        for (long j = 0; j < keys; j++) {
            from[j] = t->diagonal ? key + j : 0;
            to[j] = t->queries;
        }
        ranged_product(keys, vectors, from, to, t->p + key, 1, TILE, t->d_o, width, t->dv + key * width,
                       width, 0);
        ranged_product(keys, vectors, from, to, t->ds + key, 1, TILE, t->q, width, t->dk + key * width,
                       width, 0);
    }
}
