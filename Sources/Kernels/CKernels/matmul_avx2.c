// Tiles of 6x16 and packers for AVX2 with FMA. bf16 pairs are expanded to floats on the way.
#include "matmul.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include "fused.h"
#pragma STDC FP_CONTRACT OFF

#define TARGET __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline))

static const int32_t mask_source[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
TARGET INLINE __m256i mask_of(long n) { // 0 < n < 8
    return _mm256_loadu_si256((const void *)(mask_source + 8 - n));
}
TARGET INLINE __m256 load(const float *p, long n) {
    if (n >= 8) return _mm256_loadu_ps(p);
    return n > 0 ? _mm256_maskload_ps(p, mask_of(n)) : _mm256_setzero_ps();
}
TARGET INLINE void store(float *p, long n, __m256 v) {
    if (n >= 8) _mm256_storeu_ps(p, v);
    else if (n > 0) _mm256_maskstore_ps(p, mask_of(n), v);
}

// ---- Tiles

#define V __m256
#define LANES 8
#define ZERO _mm256_setzero_ps()
#define ADD _mm256_add_ps
#define LOAD_C load
#define STORE_C store

#define NAME(x) f32_##x
#define A_ELEMENT float
#define B_ELEMENT float
#define K_STEP 1
#define HALVES 1
#define B_VECTOR __m256
#define LOAD_B(p, half) _mm256_loadu_ps(p)
#define A_VECTOR __m256
#define SET_A(p) _mm256_broadcast_ss(p)
#define MULTIPLY_ADD _mm256_fmadd_ps
#include "matmul_tile.h"
#define ALL_TILES                                                                                         \
    TILE(1, 2, 1, 0) TILE(2, 2, 1, 0) TILE(3, 2, 1, 0) TILE(4, 2, 1, 0) TILE(5, 2, 1, 0) TILE(6, 2, 1, 0) \
    TILE(1, 4, 1, 1) TILE(1, 4, 2, 1) TILE(2, 4, 1, 1) TILE(3, 4, 1, 1) TILE(4, 2, 1, 1) TILE(5, 2, 1, 1) \
    TILE(6, 2, 1, 1)
ALL_TILES

#undef NAME
#undef B_ELEMENT
#undef K_STEP
#undef HALVES
#undef LOAD_B
#define NAME(x) expand_##x
#define B_ELEMENT uint32_t
#define K_STEP 2
#define HALVES 2
#define LOAD_B(p, half) expanded(_mm256_loadu_si256((const void *)(p)), half)
TARGET INLINE __m256 expanded(__m256i pair, int half) {
    return _mm256_castsi256_ps(half ? _mm256_slli_epi32(pair, 16)
                                    : _mm256_and_si256(pair, _mm256_set1_epi32((int)0xffff0000)));
}
#include "matmul_tile.h"
ALL_TILES

// ---- Packers

// Rows r[0..8) of 8 become columns.
TARGET INLINE void transpose(__m256 r[8]) {
    __m256 t[8];
    UNROLL for (int i = 0; i < 4; i++) {
        t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
    UNROLL for (int i = 0; i < 2; i++) {
        r[4 * i] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0x44);
        r[4 * i + 1] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0xee);
        r[4 * i + 2] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0x44);
        r[4 * i + 3] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0xee);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        t[i] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
        t[i + 4] = _mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
    }
    UNROLL for (int i = 0; i < 8; i++) r[i] = t[i];
}

// The bits of q(x) in the high halves, the low halves zero: the vector form of ck_bf16_of.
TARGET INLINE __m256 quantised(__m256 x) {
    __m256i u = _mm256_castps_si256(x), magnitude = _mm256_and_si256(u, _mm256_set1_epi32(0x7fffffff));
    __m256i nan = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(0x7f800000));
    __m256i kept = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32((CK_BF16_TINY << 16) - 1));
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(u, 16), _mm256_set1_epi32(1));
    __m256i round = _mm256_add_epi32(_mm256_add_epi32(u, _mm256_set1_epi32(0x7fff)), odd);
    round = _mm256_blendv_epi8(round, _mm256_or_si256(u, _mm256_set1_epi32(0x400000)), nan);
    round = _mm256_and_si256(round, _mm256_set1_epi32((int)0xffff0000));
    return _mm256_castsi256_ps(_mm256_and_si256(round, kept));
}

// k contiguous, up to 6 rows; what 8-wide stores spill is overwritten as k ascends.
TARGET INLINE void pack_rows(long k, int rows, const float *a, long row, float *y, const int quantise) {
    for (long s = 0; s < k; s += 8) {
        __m256 r[8];
        UNROLL for (int i = 0; i < 8; i++) {
            r[i] = _mm256_setzero_ps();
            if (i >= rows) continue;
            __builtin_prefetch(a + i * row + s + 64);
            r[i] = load(a + i * row + s, k - s);
            if (quantise) r[i] = quantised(r[i]);
        }
        transpose(r);
        const long left = quantise ? (k - s + 1) & ~1L : k - s;
        UNROLL for (int i = 0; i < 8; i++)
            if (i < left) _mm256_storeu_ps(y + i * rows, r[i]);
        y += 8 * rows;
    }
}

// Rows contiguous.
TARGET INLINE void pack_columns(long k, int rows, const float *a, long col, float *y, const int quantise) {
    for (long s = 0; s < k; s++, y += rows) {
        __m256 x = load(a + s * col, rows);
        store(y, rows, quantise ? quantised(x) : x);
    }
    if (quantise && k % 2) store(y, rows, _mm256_setzero_ps());
}

TARGET static void pack_a_floats(long k, int rows, const float *a, long row, long col, void *out) {
    if (col == 1) pack_rows(k, rows, a, row, out, 0);
    else if (row == 1) pack_columns(k, rows, a, col, out, 0);
    else ck_pack_a_floats(k, rows, a, row, col, out);
}

TARGET static void pack_a_quantised(long k, int rows, const float *a, long row, long col, void *out) {
    if (col == 1) pack_rows(k, rows, a, row, out, 1);
    else if (row == 1) pack_columns(k, rows, a, col, out, 1);
    else ck_pack_a_quantised(k, rows, a, row, col, out);
}

TARGET static void quantise_row(long k, const float *a, long col, void *out) {
    float *y = out;
    if (col != 1) return ck_quantise_row_floats(k, a, col, out);
    for (long s = 0; s < k; s += 8) store(y + s, k - s, quantised(load(a + s, k - s)));
    if (k % 2) y[k] = 0;
}

// 8 floats of b from element `at` on; `left` of them exist.
TARGET INLINE __m256 floats_at(const ck_operand *b, long at, long left) {
    if (left <= 0) return _mm256_setzero_ps();
    if (b->type == CK_F32) return load((const float *)b->p + at, left);
    uint16_t h[8] = {0};
    memcpy(h, (const uint16_t *)b->p + at, (size_t)ck_min(left, 8) * 2);
    __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)h));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}

TARGET INLINE __m256 paired(__m256 even, __m256 odd) {
    __m256i low = _mm256_srli_epi32(_mm256_castps_si256(quantised(odd)), 16);
    return _mm256_castsi256_ps(_mm256_or_si256(_mm256_castps_si256(quantised(even)), low));
}

TARGET INLINE void panel_of_columns(long k, int columns, const ck_operand *b, float *y, const int pairs) {
    for (long s = 0; s < k; s += 8, y += (pairs ? 4 : 8) * CK_PANEL)
        for (int h = 0; h < CK_PANEL; h += 8) {
            __m256 r[8];
            UNROLL for (int i = 0; i < 8; i++)
                r[i] = floats_at(b, (h + i) * b->col + s, h + i < columns ? k - s : 0);
            transpose(r);
            if (pairs) {
                UNROLL for (int i = 0; i < 4; i++)
                    if (s + 2 * i < k)
                        _mm256_storeu_ps(y + i * CK_PANEL + h, paired(r[2 * i], r[2 * i + 1]));
            } else {
                UNROLL for (int i = 0; i < 8; i++)
                    if (s + i < k) _mm256_storeu_ps(y + i * CK_PANEL + h, r[i]);
            }
        }
}

TARGET INLINE void panel_of_rows(long k, int columns, const ck_operand *b, float *y, const int pairs) {
    for (long s = 0; s < k; s += pairs ? 2 : 1)
        for (int h = 0; h < CK_PANEL; h += 8, y += 8) {
            long at = s * b->row + h;
            __m256 x = floats_at(b, at, columns - h);
            if (pairs) x = paired(x, floats_at(b, at + b->row, s + 1 < k ? columns - h : 0));
            _mm256_storeu_ps(y, x);
        }
}

TARGET static void pack_b_floats(long k, int columns, ck_operand b, void *out) {
    if (b.row == 1) panel_of_columns(k, columns, &b, out, 0);
    else if (b.col == 1) panel_of_rows(k, columns, &b, out, 0);
    else ck_pack_b_floats(k, columns, b, out);
}

TARGET static void pack_b_pairs(long k, int columns, ck_operand b, void *out) {
    if (b.row == 1) panel_of_columns(k, columns, &b, out, 1);
    else if (b.col == 1) panel_of_rows(k, columns, &b, out, 1);
    else ck_pack_b_pairs(k, columns, b, out);
}

// ---- Tables

#define TABLE(kind)                                                                                        \
    .rows = 6, .width = 16,                                                                                \
    .packed = {0, kind##_t1_2_1_0, kind##_t2_2_1_0, kind##_t3_2_1_0, kind##_t4_2_1_0, kind##_t5_2_1_0,     \
               kind##_t6_2_1_0},                                                                           \
    .in_place_rows = 6, .in_place_width = {0, 32, 32, 32, 16, 16, 16},                                     \
    .in_place = {{0}, {kind##_t1_4_1_1, kind##_t1_4_2_1}, {kind##_t2_4_1_1}, {kind##_t3_4_1_1},            \
                 {kind##_t4_2_1_1}, {kind##_t5_2_1_1}, {kind##_t6_2_1_1}}

static const ck_kernels f32 = {TABLE(f32), .k_step = 1, .pack_a = pack_a_floats, .pack_b = pack_b_floats};
static const ck_kernels expand = {TABLE(expand), .k_step = 2, .pack_a = pack_a_quantised,
                                  .pack_b = pack_b_pairs, .quantise_row = quantise_row};

const ck_kernels *ck_kernels_avx2(ck_dtype product) { return product == CK_BF16 ? &expand : &f32; }
#else
const ck_kernels *ck_kernels_avx2(ck_dtype product) {
    (void)product;
    return 0;
}
#endif
