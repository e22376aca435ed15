// Inside the matrix product: what the driver (matmul.c) asks of an instruction set.
#pragma once
#include "ck_matmul.h"

enum { CK_BLOCK = 256, CK_PANEL = 32, CK_TILE_ROWS_MAX = 14 };

// One tile of C: all `k` of the given operands, whose first k starts a block.
typedef struct ck_tile {
    long k;
    const void *a;      // [k][rows], or in place: row i at a + i * a_row
    long a_row;
    const void *b;      // panel [k][32]; in bf16 pairs [ceil(k/2)][32]
    long b_panel;       // elements from one panel of the tile to its next
    float *c;
    long c_row, c_panel; // c_panel: floats from the columns of one panel to those of the next
    long columns;       // of C, from c on: nothing beyond is read or written
    int first;          // C is only written: this is its first block and nothing is accumulated
    const float *bias;  // at c, NULL unless this is the last block
    const float *next;  // the next tile of C, to be prefetched
    const void *fetch, *fetch_end; // of the next panel: up to 64 bytes for each step of k are brought nearer
} ck_tile;
typedef void (*ck_tile_function)(const ck_tile *);

// Elements of an operand in memory.
typedef struct ck_operand {
    const void *p;
    ck_dtype type;
    long row, col; // strides over k and over columns (over k and rows for A)
} ck_operand;

// The kernels of one instruction set for one kind of product.
typedef struct ck_kernels {
    int rows;                                   // tallest tile
    int width;                                  // its columns: 32 or 16
    int k_step;                                 // k are packed in multiples of this: 1 or 2
    int a_pairs;                                // A is packed as bf16 pairs, else as floats
    ck_tile_function packed[CK_TILE_ROWS_MAX + 1];
    // Few rows, A in place, k contiguous. [rows][log2 of panels at once]; NULL where there is none.
    int in_place_rows;
    ck_tile_function in_place[9][3];
    int in_place_width[9];
    // A block [ceil(k / k_step) * k_step][rows] (pairs: [k/2][rows]) from floats at a[i*row + k*col];
    // may write 64 bytes past the end.
    void (*pack_a)(long k, int rows, const float *a, long row, long col, void *out);
    // B panel from `b` at its column 0; columns past `columns` are +0.
    void (*pack_b)(long k, int columns, ck_operand b, void *out);
    // A row of quantised A, k padded with +0 to k_step: floats or pairs.
    void (*quantise_row)(long k, const float *a, long col, void *out);
} ck_kernels;

const ck_kernels *ck_kernels_avx512(ck_dtype product);
const ck_kernels *ck_kernels_avx2(ck_dtype product);
const ck_kernels *ck_kernels_neon(ck_dtype product);

// Definition (matmul_scalar.c): rows [i0, i1) of batch entry `entry`.
void ck_matmul_reference(const ck_matmul *g, long entry, long i0, long i1);

// Plain packers (matmul_pack.c), for tails and rare strides, and where an instruction set has no own.
void ck_pack_a_floats(long k, int rows, const float *a, long row, long col, void *out);
void ck_pack_a_quantised(long k, int rows, const float *a, long row, long col, void *out);
void ck_pack_b_floats(long k, int columns, ck_operand b, void *out);
void ck_pack_b_pairs(long k, int columns, ck_operand b, void *out);
void ck_quantise_row_floats(long k, const float *a, long col, void *out);
// The packer of panels of `type` on `isa`.
typedef void (*ck_panel_packer)(long k, int columns, ck_operand b, void *out);
ck_panel_packer ck_panel_packer_for(ck_isa isa, ck_dtype type);
const ck_kernels *ck_kernels_for(ck_isa isa, ck_dtype product);

static inline long ck_min(long a, long b) { return a < b ? a : b; }
static inline long ck_ceil(long a, long b) { return (a + b - 1) / b; }
// Bytes of k rows of a panel; k is even in bf16 unless it is the end.
static inline size_t ck_panel_bytes(ck_dtype type, long k) {
    return (size_t)(type == CK_BF16 ? ck_ceil(k, 2) : k) * CK_PANEL * 4;
}
