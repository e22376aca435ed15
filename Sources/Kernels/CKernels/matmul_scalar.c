// The definition of the matrix product, in plain loops. Every other kernel has these bits.
#include "fused.h"
#include "matmul.h"
#pragma STDC FP_CONTRACT OFF

static float a_at(const ck_matmul *g, long entry, long i, long k) {
    float x = g->a[entry * g->a_batch + i * g->a_row + k * g->a_col];
    return g->product == CK_BF16 ? ck_widened(ck_bf16_of(x)) : x;
}

static float b_at(const ck_matmul *g, long entry, long k, long j) {
    long panel = j / CK_PANEL, lane = j % CK_PANEL;
    if (g->b_type == CK_BF16) {
        if (g->b_packed) {
            uint32_t pair = ((const uint32_t *)g->b)[(panel * ck_ceil(g->k, 2) + k / 2) * CK_PANEL + lane];
            return ck_widened((uint16_t)(k % 2 ? pair : pair >> 16));
        }
        const uint16_t *b = g->b;
        return ck_widened(ck_bf16_flushed(b[entry * g->b_batch + k * g->b_row + j * g->b_col]));
    }
    const float *b = g->b;
    float x = g->b_packed ? b[(panel * g->k + k) * CK_PANEL + lane]
                          : b[entry * g->b_batch + k * g->b_row + j * g->b_col];
    return g->product == CK_BF16 ? ck_widened(ck_bf16_of(x)) : x;
}

void ck_matmul_reference(const ck_matmul *g, long entry, long i0, long i1) {
    for (long i = i0; i < i1; i++) {
        for (long j = 0; j < g->n; j++) {
            float *out = &g->c[entry * g->c_batch + i * g->c_row + j];
            float c = g->accumulate ? *out : 0.0f;
            for (long start = 0; start < g->k; start += CK_BLOCK) {
                float p = 0.0f;
                long end = ck_min(start + CK_BLOCK, g->k);
                for (long k = start; k < end; k++) p = ck_fma(a_at(g, entry, i, k), b_at(g, entry, k, j), p);
                c = start > 0 || g->accumulate ? c + p : p;
            }
            *out = g->bias ? c + g->bias[j] : c;
        }
    }
}
