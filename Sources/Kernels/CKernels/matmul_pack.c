// Packed operands: the plain packers, and the public ones for weights.
#include "fused.h"
#include "matmul.h"
#pragma STDC FP_CONTRACT OFF

void ck_pack_a_floats(long k, int rows, const float *a, long row, long col, void *out) {
    float *y = out;
    for (long s = 0; s < k; s++)
        for (int i = 0; i < rows; i++) *y++ = a[i * row + s * col];
}

static uint32_t quantised(float x) { return (uint32_t)ck_bf16_of(x) << 16; }

void ck_pack_a_quantised(long k, int rows, const float *a, long row, long col, void *out) {
    float *y = out;
    for (long s = 0; s < k; s++)
        for (int i = 0; i < rows; i++) *y++ = ck_float_of(quantised(a[i * row + s * col]));
    if (k % 2)
        for (int i = 0; i < rows; i++) *y++ = 0;
}

void ck_quantise_row_floats(long k, const float *a, long col, void *out) {
    ck_pack_a_quantised(k, 1, a, 0, col, out);
}

static float float_at(ck_operand b, long k, long j) {
    long at = k * b.row + j * b.col;
    if (b.type == CK_F32) return ((const float *)b.p)[at];
    return ck_float_of((uint32_t)((const uint16_t *)b.p)[at] << 16);
}

void ck_pack_b_floats(long k, int columns, ck_operand b, void *out) {
    float *y = out;
    for (long s = 0; s < k; s++)
        for (int j = 0; j < CK_PANEL; j++) *y++ = j < columns ? float_at(b, s, j) : 0;
}

void ck_pack_b_pairs(long k, int columns, ck_operand b, void *out) {
    uint32_t *y = out;
    for (long s = 0; s < k; s += 2)
        for (int j = 0; j < CK_PANEL; j++) {
            uint32_t even = j < columns ? ck_bf16_of(float_at(b, s, j)) : 0;
            uint32_t odd = j < columns && s + 1 < k ? ck_bf16_of(float_at(b, s + 1, j)) : 0;
            *y++ = even << 16 | odd;
        }
}

ck_panel_packer ck_panel_packer_for(ck_isa isa, ck_dtype type) {
    const ck_kernels *kernels = ck_kernels_for(isa, type);
    if (kernels) return kernels->pack_b;
    return type == CK_BF16 ? ck_pack_b_pairs : ck_pack_b_floats;
}

// ---- Weights

size_t ck_packed_bytes(ck_dtype type, long k, long n) {
    return (size_t)ck_ceil(n, CK_PANEL) * ck_panel_bytes(type, k);
}

// A part is up to this many k of one panel, so that a single wide panel has many.
enum { K_PER_PART = 4096 };

typedef struct packing {
    ck_dtype type;
    long k, n, pieces;
    ck_operand b;
    char *packed;
    float *unpacked;
    ck_panel_packer pack;
} packing;

static void pack_part(void *argument, long part, int worker) {
    (void)worker;
    packing *g = argument;
    long panel = part / g->pieces, k0 = part % g->pieces * K_PER_PART, column = panel * CK_PANEL;
    ck_operand b = g->b;
    size_t element = b.type == CK_BF16 ? 2 : 4;
    b.p = (const char *)b.p + (size_t)(column * b.col + k0 * b.row) * element;
    g->pack(ck_min(K_PER_PART, g->k - k0), (int)ck_min(CK_PANEL, g->n - column), b,
            g->packed + (size_t)panel * ck_panel_bytes(g->type, g->k) + ck_panel_bytes(g->type, k0));
}

void ck_pack(ck_context *x, ck_dtype packed_type, long k, long n, const void *b, ck_dtype b_type,
             long b_row, long b_col, void *packed) {
    if (k <= 0 || n <= 0) return;
    packing g = {.type = packed_type, .k = k, .n = n, .pieces = ck_ceil(k, K_PER_PART),
                 .b = {b, b_type, b_row, b_col}, .packed = packed,
                 .pack = ck_panel_packer_for(ck_context_isa(x), packed_type)};
    ck_parallel(x, ck_ceil(n, CK_PANEL) * g.pieces, pack_part, &g);
}

static void unpack_part(void *argument, long part, int worker) {
    (void)worker;
    packing *g = argument;
    long panel = part / g->pieces, k0 = part % g->pieces * K_PER_PART, k1 = ck_min(k0 + K_PER_PART, g->k);
    long first = panel * CK_PANEL, last = ck_min(first + CK_PANEL, g->n);
    const void *base = g->packed + (size_t)panel * ck_panel_bytes(g->type, g->k);
    const float *floats = base;
    const uint32_t *pairs = base;
    enum { CHUNK = 64 }; // k of a panel that stay in the nearest cache while its columns are written
    for (long start = k0; start < k1; start += CHUNK)
        for (long j = first; j < last; j++)
            for (long s = start; s < ck_min(start + CHUNK, k1); s++) {
                uint32_t pair = g->type == CK_BF16 ? pairs[s / 2 * CK_PANEL + j - first] : 0;
                uint32_t bits = s % 2 ? pair << 16 : pair & 0xffff0000;
                g->unpacked[s * g->b.row + j * g->b.col] =
                    g->type == CK_BF16 ? ck_float_of(bits) : floats[s * CK_PANEL + j - first];
            }
}

void ck_unpack(ck_context *x, ck_dtype packed_type, long k, long n, const void *packed, float *b,
               long b_row, long b_col) {
    if (k <= 0 || n <= 0) return;
    packing g = {.type = packed_type, .k = k, .n = n, .pieces = ck_ceil(k, K_PER_PART),
                 .b = {b, CK_F32, b_row, b_col}, .packed = (char *)packed, .unpacked = b};
    ck_parallel(x, ck_ceil(n, CK_PANEL) * g.pieces, unpack_part, &g);
}
