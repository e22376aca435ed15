// Rows of a table by id, and the gradient of the table.
//
// An id outside 0..<vocabulary gives a row of +0 and has no gradient. The gradient of one id is a chain of
// adds from +0 over its tokens, ascending; accumulating adds the finished chain to what was there, and
// leaves the rows of ids that do not occur as they are.
#include "include/ck_embedding.h"

#include <string.h>
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

enum { PANEL = 32 }; // columns of one packed panel, ck_matmul.h

typedef struct lookup {
    const row_kernels *k;
    long n, vocabulary;
    const void *table;
    ck_dtype type;
    int packed;
    const int32_t *ids;
    float *y;
} lookup;

// Element j of an id is word j of its panel's column, or half of word j/2: the even j are the high halves.
static void packed_row(const lookup *s, long id, float *y) {
    long column = id % PANEL;
    if (s->type == CK_F32) {
        const float *panel = (const float *)s->table + id / PANEL * PANEL * s->n;
        for (long j = 0; j < s->n; j++) y[j] = panel[j * PANEL + column];
        return;
    }
    const uint32_t *panel = (const uint32_t *)s->table + id / PANEL * PANEL * ((s->n + 1) / 2);
    for (long j = 0; j < s->n; j++) {
        uint32_t pair = panel[j / 2 * PANEL + column];
        uint32_t bits = j % 2 ? pair << 16 : pair & 0xFFFF0000u;
        memcpy(y + j, &bits, sizeof bits);
    }
}

static void lookup_job(const void *arg, long from, long to) {
    const lookup *s = arg;
    for (long row = from; row < to; row++) {
        float *y = s->y + row * s->n;
        long id = s->ids[row];
        if (id < 0 || id >= s->vocabulary) memset(y, 0, (size_t)s->n * sizeof *y);
        else if (s->packed) packed_row(s, id, y);
        else if (s->type == CK_F32) memcpy(y, (const float *)s->table + id * s->n, (size_t)s->n * sizeof *y);
        else s->k->elementwise->from_bf16(s->n, (const uint16_t *)s->table + id * s->n, y);
    }
}

void ck_embedding_f32(ck_context *x, long rows, long n, long vocabulary, const void *table, ck_dtype type,
                      int packed, const int32_t *ids, float *y) {
    lookup s = {.k = ck_rows(ck_context_isa(x)), .n = n, .vocabulary = vocabulary, .table = table,
                .type = type, .packed = packed, .ids = ids, .y = y};
    if (n > 0) ck_ranges(x, rows, rows_grain(n), lookup_job, &s);
}

typedef struct gradient {
    const row_kernels *k;
    long n;
    const int32_t *starts, *order; // tokens of id v: order[starts[v]..<starts[v + 1]], ascending
    const float *dy;
    float *d_table;
    int accumulate;
} gradient;

// The chain of one id, a few hundred elements at a time.
static void gradient_row(const gradient *s, long id) {
    enum { WIDTH = 512 };
    float chain[WIDTH];
    float *row = s->d_table + id * s->n;
    for (long at = 0; at < s->n; at += WIDTH) {
        long width = least(WIDTH, s->n - at);
        float *p = s->accumulate ? chain : row + at;
        memset(p, 0, (size_t)width * sizeof *p);
        for (long i = s->starts[id]; i < s->starts[id + 1]; i++)
            s->k->elementwise->binary(CK_ADD, width, p, s->dy + s->order[i] * s->n + at, 1, p);
        if (s->accumulate) s->k->elementwise->binary(CK_ADD, width, row + at, chain, 1, row + at);
    }
}

static void gradient_job(const void *arg, long from, long to) {
    const gradient *s = arg;
    for (long id = from; id < to; id++)
        if (!s->accumulate || s->starts[id] < s->starts[id + 1]) gradient_row(s, id);
}

void ck_embedding_backward_f32(ck_context *x, long rows, long n, long vocabulary, const int32_t *ids,
                               const float *dy, float *d_table, int accumulate) {
    if (n <= 0 || vocabulary <= 0) return;
    int32_t *starts = ck_scratch(x, 0, 0, (size_t)(vocabulary + 2 + rows) * sizeof *starts);
    int32_t *order = starts + vocabulary + 2;
    memset(starts, 0, (size_t)(vocabulary + 2) * sizeof *starts);
    // Counting sort: count id v at v + 2, sum up, and let v + 1 move from the start of v to its end.
    for (long i = 0; i < rows; i++)
        if (ids[i] >= 0 && ids[i] < vocabulary) starts[ids[i] + 2]++;
    for (long v = 0; v < vocabulary; v++) starts[v + 2] += starts[v + 1];
    for (long i = 0; i < rows; i++)
        if (ids[i] >= 0 && ids[i] < vocabulary) order[starts[ids[i] + 1]++] = (int32_t)i;
    gradient s = {.k = ck_rows(ck_context_isa(x)), .n = n, .starts = starts, .order = order, .dy = dy,
                  .d_table = d_table, .accumulate = accumulate};
    ck_ranges(x, vocabulary, 1 + vocabulary / 256, gradient_job, &s);
}
