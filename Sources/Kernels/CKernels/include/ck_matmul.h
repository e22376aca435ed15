// Matrix products: c[i,j] is a chain of fused multiply-adds over k that restarts every 256 k.
//
//     for each block of 256 consecutive k, ascending:
//         p = +0;  for k in the block, ascending: p = fma(a[i,k], b[k,j], p)
//         first block: c = accumulate ? c_in + p : p;   later blocks: c = c + p
//     c = c + bias[j] once, after the last block, where there is a bias
//
// No k at all: c = accumulate ? c_in : +0, then the bias. bf16: both operands are
// q(x) = |x| < 2^-56 ? +0 : RNE(x), products are exact, sums are fp32. Tiles, threads and packing never
// change a bit; nothing outside the given elements is read or written.
#pragma once
#include "ck_context.h"

typedef struct ck_matmul {
    long batch, m, n, k;             // batch entries are independent
    const float *a;                  // (i, k) at a[b * a_batch + i * a_row + k * a_col]
    long a_batch, a_row, a_col;
    const void *b;                   // (k, j) at b[b * b_batch + k * b_row + j * b_col], or packed
    long b_batch, b_row, b_col;
    ck_dtype b_type;                 // what b holds in memory
    int b_packed;                    // b was written by ck_pack (then b_batch, b_row, b_col are ignored)
    float *c;                        // (i, j) at c[b * c_batch + i * c_row + j]
    long c_batch, c_row;
    const float *bias;               // [n] or NULL
    int accumulate;
    ck_dtype product;                // CK_BF16: operands are quantised; needed when b_type is CK_BF16
} ck_matmul;

// Fast where one stride of `a` and one of `b` is 1 (any of NN, NT, TN, TT) and fastest with packed weights.
void ck_matmul_run(ck_context *x, const ck_matmul *g);

// Packed weights: panels of 32 columns, [ceil(n/32)][k][32] in fp32 and, in bf16, [ceil(n/32)][ceil(k/2)][32]
// pairs with even k in the high half; q is applied. Columns past n, and in bf16 k past the end, are +0.
// ck_packed_bytes is a multiple of 64; memory from ck_alloc is best. fp32 panels hold fp32 values only:
// with packed_type CK_F32, bf16 elements are widened.
size_t ck_packed_bytes(ck_dtype type, long k, long n);
void ck_pack(ck_context *x, ck_dtype packed_type, long k, long n, const void *b, ck_dtype b_type,
             long b_row, long b_col, void *packed);
// The inverse, widened to fp32: b[k * b_row + j * b_col]
void ck_unpack(ck_context *x, ck_dtype packed_type, long k, long n, const void *packed, float *b,
               long b_row, long b_col);

// AVX-512 has a bf16 dot product; it is used where a self-test finds it to be exactly our chain (then this
// returns 1). For tests: wanted = 0 turns to the kernels of machines without it, wanted = 1 back.
int ck_bf16_dot_use(int wanted);
