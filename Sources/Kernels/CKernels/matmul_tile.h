// The tile of every instruction set, written once. Included with these defined:
//   TARGET, NAME(x)           attribute and names of this inclusion
//   V, LANES                  a vector of floats
//   ZERO, ADD, LOAD_C(p, n), STORE_C(p, n, v)      n: floats that may be touched, any value
//   A_ELEMENT, B_ELEMENT, K_STEP                   packed elements; k per step of B (2: bf16 pairs)
//   HALVES                    steps of A per step of B: 2 where pairs are expanded
//   B_VECTOR, LOAD_B(p, half), A_VECTOR, SET_A(p), MULTIPLY_ADD(a, b, c)
// A row has `vectors` accumulators in each of `panels` panels; all sizes are constants once inlined.
#define UNROLL _Pragma("GCC unroll 16")
// Every accumulator, and where its C lies.
#define EACH                                                                                               \
    UNROLL for (int j = 0; j < count; j++)                                                                 \
        UNROLL for (int i = 0; i < rows; i++)
#define C_COLUMN (j / vectors * t->c_panel + j % vectors * LANES)
#define C_AT (t->c + C_COLUMN + i * t->c_row)
#define C_LEFT (whole ? LANES : t->columns - C_COLUMN)

// Each decision is taken once, outside the loops over registers. `whole`: all columns are there.
static inline __attribute__((always_inline)) TARGET void NAME(end_block)(
    const ck_tile *t, V p[CK_TILE_ROWS_MAX][8], V sums[CK_TILE_ROWS_MAX][8], const int rows,
    const int vectors, const int panels, const int first, const int last, const int whole) {
    const int count = vectors * panels;
    if (!first)
        EACH p[i][j] = ADD(sums[i][j], p[i][j]);
    else if (!t->first)
        EACH p[i][j] = ADD(LOAD_C(C_AT, C_LEFT), p[i][j]);
    if (!last) {
        EACH sums[i][j] = p[i][j];
        return;
    }
    if (t->bias)
        EACH p[i][j] = ADD(p[i][j], LOAD_C(t->bias + C_COLUMN, C_LEFT));
    EACH STORE_C(C_AT, C_LEFT, p[i][j]);
}

static inline __attribute__((always_inline)) TARGET void NAME(tile)(
    const ck_tile *t, const int rows, const int vectors, const int panels, const int in_place) {
    enum { STEPS = CK_BLOCK / K_STEP };
    const A_ELEMENT *a = t->a;
    const B_ELEMENT *b = t->b;
    const long a_row = in_place ? t->a_row : 1, a_step = in_place ? 1 : rows;
    const long ahead = (in_place ? 24 : 8) * CK_PANEL, steps = ck_ceil(t->k, K_STEP);
    const int count = vectors * panels;
    const char *fetch = t->fetch;
    const char *fetch_end = t->fetch_end;
    if (!fetch) fetch = fetch_end = t->b;
    V sums[CK_TILE_ROWS_MAX][8]; // between blocks: C, whose rows may lie badly in the cache, is met once
    for (long start = 0; start < steps; start += STEPS) {
        V p[CK_TILE_ROWS_MAX][8];
        UNROLL for (int i = 0; i < rows; i++)
            UNROLL for (int j = 0; j < count; j++) p[i][j] = ZERO;
        if (start == 0 && t->next)
            UNROLL for (int i = 0; i < rows; i++) {
                __builtin_prefetch(t->next + i * t->c_row, 1, 3);
                __builtin_prefetch(t->next + i * t->c_row + vectors * LANES - 1, 1, 3);
            }
        for (long s = ck_min(STEPS, steps - start); s > 0; s--) {
            UNROLL for (int j = 0; j < count; j += 64 / (4 * LANES))
                __builtin_prefetch(b + j / vectors * t->b_panel + j % vectors * LANES + ahead, 0, 3);
            if (!in_place) {
                __builtin_prefetch(fetch, 0, 2);
                if (fetch < fetch_end) fetch += 64;
            }
            UNROLL for (int half = 0; half < HALVES; half++) {
                B_VECTOR w[8];
                UNROLL for (int j = 0; j < count; j++)
                    w[j] = LOAD_B(b + j / vectors * t->b_panel + j % vectors * LANES, half);
                UNROLL for (int i = 0; i < rows; i++) {
                    A_VECTOR x = SET_A(a + i * a_row);
                    UNROLL for (int j = 0; j < count; j++) p[i][j] = MULTIPLY_ADD(x, w[j], p[i][j]);
                }
                a += a_step;
            }
            b += CK_PANEL;
        }
        const int first = start == 0, last = start + STEPS >= steps;
        const long columns = t->columns - (panels - 1) * t->c_panel;
        if (columns >= vectors * LANES) NAME(end_block)(t, p, sums, rows, vectors, panels, first, last, 1);
        else NAME(end_block)(t, p, sums, rows, vectors, panels, first, last, 0);
    }
}

#define TILE(rows, vectors, panels, in_place)                                                              \
    TARGET static __attribute__((noinline)) void NAME(t##rows##_##vectors##_##panels##_##in_place)(        \
        const ck_tile *t) {                                                                                \
        NAME(tile)(t, rows, vectors, panels, in_place);                                                    \
    }
