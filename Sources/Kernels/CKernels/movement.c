// Copies: rows at a stride, rows by id, transposes. No arithmetic, so one code for every instruction set.
#include <string.h>
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

typedef struct copies {
    long n, a_row, y_row;
    const float *a;
    const int32_t *ids; // or NULL: row r of a
    float *y;
} copies;

static void copy_job(const void *arg, long from, long to) {
    const copies *c = arg;
    for (long r = from; r < to; r++) {
        const float *row = c->a + (c->ids ? c->ids[r] : r) * c->a_row;
        memcpy(c->y + r * c->y_row, row, (size_t)c->n * sizeof *row);
    }
}

void ck_copy_rows_f32(ck_context *x, long rows, long n, const float *a, long a_row, float *y, long y_row) {
    copies c = {.n = n, .a_row = a_row, .y_row = y_row, .a = a, .y = y};
    if (n > 0) ck_ranges(x, rows, rows_grain(n), copy_job, &c);
}

void ck_gather_rows_f32(ck_context *x, long rows, long n, const float *a, const int32_t *ids, float *y) {
    copies c = {.n = n, .a_row = n, .y_row = n, .a = a, .ids = ids, .y = y};
    if (n > 0) ck_ranges(x, rows, rows_grain(n), copy_job, &c);
}

enum { SIDE = 16 }; // one cache line of the input, one of the output

typedef float f4 __attribute__((ext_vector_type(4)));
typedef float f4u __attribute__((ext_vector_type(4), aligned(4)));

static inline void transpose4(const float *a, long a_row, float *y, long y_row) {
    f4 r0 = *(const f4u *)a, r1 = *(const f4u *)(a + a_row);
    f4 r2 = *(const f4u *)(a + 2 * a_row), r3 = *(const f4u *)(a + 3 * a_row);
    f4 low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5);
    f4 low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
    f4 high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
    f4 high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
    *(f4u *)y = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    *(f4u *)(y + y_row) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    *(f4u *)(y + 2 * y_row) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    *(f4u *)(y + 3 * y_row) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

typedef struct transposition {
    long rows, columns, bands; // bands of SIDE rows per matrix
    const float *a;
    float *y;
} transposition;

static void transpose_block(const transposition *t, const float *a, float *y, long rows, long columns) {
    if (rows == SIDE && columns == SIDE) {
        for (long r = 0; r < SIDE; r += 4)
            for (long c = 0; c < SIDE; c += 4)
                transpose4(a + r * t->columns + c, t->columns, y + c * t->rows + r, t->rows);
        return;
    }
    for (long c = 0; c < columns; c++)
        for (long r = 0; r < rows; r++) y[c * t->rows + r] = a[r * t->columns + c];
}

static void transpose_job(const void *arg, long from, long to) {
    const transposition *t = arg;
    for (long band = from; band < to; band++) {
        long matrix = band / t->bands * t->rows * t->columns, row = band % t->bands * SIDE;
        const float *a = t->a + matrix + row * t->columns;
        float *y = t->y + matrix + row;
        for (long column = 0; column < t->columns; column += SIDE)
            transpose_block(t, a + column, y + column * t->rows,
                            least(SIDE, t->rows - row), least(SIDE, t->columns - column));
    }
}

void ck_transpose_f32(ck_context *x, long batch, long rows, long columns, const float *a, float *y) {
    if (rows <= 0 || columns <= 0) return;
    transposition t = {.rows = rows, .columns = columns, .bands = (rows + SIDE - 1) / SIDE, .a = a, .y = y};
    ck_ranges(x, batch * t.bands, rows_grain(SIDE * columns), transpose_job, &t);
}
