// Tiles of 14x32 and packers for AVX-512, with its bf16 dot product where that is exactly our chain.
#include "matmul.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdatomic.h>
#include "fused.h"
#pragma STDC FP_CONTRACT OFF

#define BASE "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"
#define AVX512 __attribute__((target(BASE)))
#define AVX512_BF16 __attribute__((target(BASE ",avx512bf16")))
#define INLINE static inline __attribute__((always_inline))

AVX512 INLINE __mmask16 mask_of(long n) { return n >= 16 ? 0xffff : n > 0 ? (__mmask16)((1u << n) - 1) : 0; }

// ---- Tiles

#define V __m512
#define LANES 16
#define ZERO _mm512_setzero_ps()
#define ADD _mm512_add_ps
#define LOAD_C(p, n) _mm512_maskz_loadu_ps(mask_of(n), p)
#define STORE_C(p, n, v) _mm512_mask_storeu_ps(p, mask_of(n), v)

#define TARGET AVX512
#define NAME(x) f32_##x
#define A_ELEMENT float
#define B_ELEMENT float
#define K_STEP 1
#define HALVES 1
#define B_VECTOR __m512
#define LOAD_B(p, half) _mm512_loadu_ps(p)
#define A_VECTOR __m512
#define SET_A(p) _mm512_set1_ps(*(p))
#define MULTIPLY_ADD _mm512_fmadd_ps
#include "matmul_tile.h"
#define ALL_TILES                                                                                          \
    TILE(1, 2, 1, 0) TILE(2, 2, 1, 0) TILE(3, 2, 1, 0) TILE(4, 2, 1, 0) TILE(5, 2, 1, 0) TILE(6, 2, 1, 0)  \
    TILE(7, 2, 1, 0) TILE(8, 2, 1, 0) TILE(9, 2, 1, 0) TILE(10, 2, 1, 0) TILE(11, 2, 1, 0)                 \
    TILE(12, 2, 1, 0) TILE(13, 2, 1, 0) TILE(14, 2, 1, 0) TILE(1, 2, 1, 1) TILE(2, 2, 1, 1)                \
    TILE(3, 2, 1, 1) TILE(4, 2, 1, 1) TILE(5, 2, 1, 1) TILE(6, 2, 1, 1) TILE(7, 2, 1, 1) TILE(8, 2, 1, 1)  \
    TILE(1, 2, 2, 1) TILE(2, 2, 2, 1) TILE(3, 2, 2, 1) TILE(4, 2, 2, 1) TILE(5, 2, 2, 1) TILE(6, 2, 2, 1)  \
    TILE(7, 2, 2, 1) TILE(1, 2, 4, 1) TILE(2, 2, 4, 1)
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
#define LOAD_B(p, half) expanded(_mm512_loadu_si512(p), half)
AVX512 INLINE __m512 expanded(__m512i pair, int half) {
    return _mm512_castsi512_ps(half ? _mm512_slli_epi32(pair, 16)
                                    : _mm512_and_si512(pair, _mm512_set1_epi32((int)0xffff0000)));
}
#include "matmul_tile.h"
ALL_TILES

#undef TARGET
#undef NAME
#undef A_ELEMENT
#undef HALVES
#undef B_VECTOR
#undef LOAD_B
#undef A_VECTOR
#undef SET_A
#undef MULTIPLY_ADD
#define TARGET AVX512_BF16
#define NAME(x) dot_##x
#define A_ELEMENT uint32_t
#define HALVES 1
#define B_VECTOR __m512bh
#define LOAD_B(p, half) (__m512bh)_mm512_loadu_si512(p)
#define A_VECTOR __m512bh
#define SET_A(p) (__m512bh)_mm512_set1_epi32((int)*(p))
#define MULTIPLY_ADD(a, b, c) _mm512_dpbf16_ps(c, a, b)
#include "matmul_tile.h"
ALL_TILES

// ---- Transposition

// Rows r[0..16) of 16 become columns.
AVX512 INLINE void transpose(__m512i r[16]) {
    __m512i t[16];
    UNROLL for (int i = 0; i < 8; i++) {
        t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    }
    UNROLL for (int i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
        r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
        r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
    }
}

// ---- Quantisation: the vector form of ck_bf16_of

// The bits of q(x) in the high halves, the low halves zero.
AVX512 INLINE __m512i quantised(__m512 x) {
    __m512i u = _mm512_castps_si512(x), magnitude = _mm512_and_si512(u, _mm512_set1_epi32(0x7fffffff));
    __mmask16 nan = _mm512_cmpgt_epi32_mask(magnitude, _mm512_set1_epi32(0x7f800000));
    __mmask16 kept = _mm512_cmpge_epi32_mask(magnitude, _mm512_set1_epi32(CK_BF16_TINY << 16));
    __m512i odd = _mm512_and_si512(_mm512_srli_epi32(u, 16), _mm512_set1_epi32(1));
    __m512i round = _mm512_add_epi32(_mm512_add_epi32(u, _mm512_set1_epi32(0x7fff)), odd);
    round = _mm512_mask_or_epi32(round, nan, u, _mm512_set1_epi32(0x400000));
    return _mm512_maskz_and_epi32(kept, round, _mm512_set1_epi32((int)0xffff0000));
}

// Pairs of even and odd k from the high halves of each.
AVX512 INLINE __m512i paired(__m512i even, __m512i odd) {
    return _mm512_or_si512(even, _mm512_srli_epi32(odd, 16));
}

// 16 pairs from 32 neighbouring k.
AVX512 INLINE __m512i pairs_of(const float *a, long left) {
    __m512i low = quantised(_mm512_maskz_loadu_ps(mask_of(left), a));
    __m512i high = quantised(_mm512_maskz_loadu_ps(mask_of(left - 16), a + 16));
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    return paired(_mm512_permutex2var_epi32(low, even, high), _mm512_permutex2var_epi32(low, odd, high));
}

// The same from stored bf16; k of the end that are not there are +0.
AVX512 INLINE __m512i stored_pairs(const uint16_t *b, long left) {
    __mmask32 there = left >= 32 ? 0xffffffff : left > 0 ? (1u << left) - 1 : 0;
    __m512i h = _mm512_maskz_loadu_epi16(there, b);
    __m512i magnitude = _mm512_and_si512(h, _mm512_set1_epi16(0x7fff));
    __mmask32 kept = _mm512_cmpge_epi16_mask(magnitude, _mm512_set1_epi16(CK_BF16_TINY));
    __mmask32 nan = _mm512_cmpgt_epi16_mask(magnitude, _mm512_set1_epi16(0x7f80));
    h = _mm512_mask_mov_epi16(h, nan, _mm512_or_si512(h, _mm512_set1_epi16(0x40)));
    return _mm512_rol_epi32(_mm512_maskz_mov_epi16(kept, h), 16);
}

// ---- Packers of A

enum { PLAIN, QUANTISED, PAIRS };

// Rows of packed elements; stores overlap, and ascending k overwrites what spills over.
AVX512 INLINE void store_rows(const __m512i r[16], long count, int rows, uint32_t *y) {
    if (count >= 16)
        UNROLL for (int i = 0; i < 16; i++) _mm512_storeu_si512(y + i * rows, r[i]);
    else
        UNROLL for (int i = 0; i < 16; i++)
            if (i < count) _mm512_storeu_si512(y + i * rows, r[i]);
}

// k contiguous. `kind` is a constant once inlined.
AVX512 INLINE void pack_rows(long k, int rows, const float *a, long row, uint32_t *y, const int kind) {
    for (long s = 0; s < k; s += 16, y += 16 * rows) {
        __m512i r[16];
        UNROLL for (int i = 0; i < 16; i++) {
            r[i] = _mm512_setzero_si512();
            if (i >= rows) continue;
            __builtin_prefetch(a + i * row + s + 96);
            __m512 x = _mm512_maskz_loadu_ps(mask_of(k - s), a + i * row + s);
            r[i] = kind == QUANTISED ? quantised(x) : _mm512_castps_si512(x);
        }
        transpose(r);
        store_rows(r, kind == QUANTISED ? (k - s + 1) & ~1L : k - s, rows, y);
    }
}

// The machine's own rounding to bf16 is RNE with quiet NaN, as ours; it lacks the flush.
AVX512_BF16 INLINE __m512 flushed(__m512 x) {
    const __m512 tiny = _mm512_castsi512_ps(_mm512_set1_epi32(CK_BF16_TINY << 16));
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(_mm512_abs_ps(x), tiny, _CMP_NLT_UQ), x);
}

AVX512_BF16 static void pack_rows_paired(long k, int rows, const float *a, long row, uint32_t *y) {
    for (long s = 0; s < k; s += 32, y += 16 * rows) {
        __m512i r[16];
        UNROLL for (int i = 0; i < 16; i++) {
            r[i] = _mm512_setzero_si512();
            if (i >= rows) continue;
            const float *from = a + i * row + s;
            __builtin_prefetch(from + 96);
            __builtin_prefetch(from + 112);
            __m512 low = flushed(_mm512_maskz_loadu_ps(mask_of(k - s), from));
            __m512 high = flushed(_mm512_maskz_loadu_ps(mask_of(k - s - 16), from + 16));
            r[i] = _mm512_rol_epi32((__m512i)_mm512_cvtne2ps_pbh(high, low), 16);
        }
        transpose(r);
        store_rows(r, ck_ceil(k - s, 2), rows, y);
    }
}

AVX512 INLINE void pack_columns(long k, int rows, const float *a, long col, void *out, const int kind) {
    const __mmask16 mask = mask_of(rows);
    uint32_t *y = out;
    for (long s = 0; s < k; s++, y += rows) {
        __m512 x = _mm512_maskz_loadu_ps(mask, a + s * col);
        __builtin_prefetch(a + (s + 8) * col);
        __m512i w = kind == PLAIN ? _mm512_castps_si512(x) : quantised(x);
        if (kind == PAIRS) {
            s++;
            __m512 next = s < k ? _mm512_maskz_loadu_ps(mask, a + s * col) : _mm512_setzero_ps();
            w = paired(w, quantised(next));
        }
        _mm512_mask_storeu_epi32(y, mask, w);
    }
    if (kind == QUANTISED && k % 2) _mm512_mask_storeu_epi32(y, mask, _mm512_setzero_si512());
}

AVX512 static void pack_a_floats(long k, int rows, const float *a, long row, long col, void *out) {
    if (col == 1) pack_rows(k, rows, a, row, out, PLAIN);
    else if (row == 1) pack_columns(k, rows, a, col, out, PLAIN);
    else ck_pack_a_floats(k, rows, a, row, col, out);
}

AVX512 static void pack_a_quantised(long k, int rows, const float *a, long row, long col, void *out) {
    if (col == 1) pack_rows(k, rows, a, row, out, QUANTISED);
    else if (row == 1) pack_columns(k, rows, a, col, out, QUANTISED);
    else ck_pack_a_quantised(k, rows, a, row, col, out);
}

AVX512 static void pack_a_pairs(long k, int rows, const float *a, long row, long col, void *out) {
    if (col == 1) return pack_rows_paired(k, rows, a, row, out);
    if (row == 1) return pack_columns(k, rows, a, col, out, PAIRS);
    uint32_t *y = out;
    for (long s = 0; s < k; s += 2)
        for (int i = 0; i < rows; i++) {
            const float *from = a + i * row + s * col;
            *y++ = (uint32_t)ck_bf16_of(*from) << 16 | (s + 1 < k ? ck_bf16_of(from[col]) : 0);
        }
}

AVX512 static void quantise_row_floats(long k, const float *a, long col, void *out) {
    pack_a_quantised(k, 1, a, 0, col, out);
}

AVX512 static void quantise_row_pairs(long k, const float *a, long col, void *out) {
    uint32_t *y = out;
    if (col != 1) return pack_a_pairs(k, 1, a, 0, col, out);
    for (long s = 0; s < k; s += 32)
        _mm512_mask_storeu_epi32(y + s / 2, mask_of(ck_ceil(k - s, 2)), pairs_of(a + s, k - s));
}

// ---- Packers of B

// k contiguous: 16 columns and 16 packed rows at a time.
AVX512 INLINE void panel_of_columns(long k, int columns, ck_operand b, void *out, const int kind) {
    const int per = kind == PAIRS ? 2 : 1;
    uint32_t *y = out;
    for (long s = 0; s < k; s += 16 * per, y += 16 * CK_PANEL)
        for (int h = 0; h < CK_PANEL; h += 16) {
            __m512i r[16];
            UNROLL for (int i = 0; i < 16; i++) {
                long at = (h + i) * b.col + s;
                if (h + i >= columns) r[i] = _mm512_setzero_si512();
                else if (b.type == CK_BF16) r[i] = stored_pairs((const uint16_t *)b.p + at, k - s);
                else if (kind == PAIRS) r[i] = pairs_of((const float *)b.p + at, k - s);
                else r[i] = _mm512_maskz_loadu_epi32(mask_of(k - s), (const float *)b.p + at);
                const char *here = (const char *)b.p + (size_t)at * (b.type == CK_BF16 ? 2 : 4);
                if (h + i >= columns) continue;
                __builtin_prefetch(here + 384);
                if (kind == PAIRS && b.type == CK_F32) __builtin_prefetch(here + 448);
            }
            transpose(r);
            const long left = ck_ceil(k - s, per);
            UNROLL for (int i = 0; i < 16; i++)
                if (i < left) _mm512_storeu_si512(y + i * CK_PANEL + h, r[i]);
        }
}

// Columns contiguous.
AVX512 INLINE __m512i row_of(const ck_operand *b, long at, __mmask16 mask) {
    if (b->type == CK_F32) return quantised(_mm512_maskz_loadu_ps(mask, (const float *)b->p + at));
    __m512i h = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, (const uint16_t *)b->p + at));
    return quantised(_mm512_castsi512_ps(_mm512_slli_epi32(h, 16)));
}

AVX512 INLINE void panel_of_rows(long k, int columns, ck_operand b, void *out, const int kind) {
    uint32_t *y = out;
    for (long s = 0; s < k; s++)
        for (int h = 0; h < CK_PANEL; h += 16, y += 16) {
            const __mmask16 mask = mask_of(columns - h);
            long at = s * b.row + h;
            if (kind == PAIRS) {
                __m512i odd = s + 1 < k ? row_of(&b, at + b.row, mask) : _mm512_setzero_si512();
                _mm512_storeu_si512(y, paired(row_of(&b, at, mask), odd));
                s += h > 0;
            } else {
                const float *from = (const float *)b.p + at;
                __builtin_prefetch(from + 8 * b.row);
                _mm512_storeu_ps(y, _mm512_maskz_loadu_ps(mask, from));
            }
        }
}

AVX512 static void pack_b_floats(long k, int columns, ck_operand b, void *out) {
    if (b.type != CK_F32 || (b.row != 1 && b.col != 1)) ck_pack_b_floats(k, columns, b, out);
    else if (b.row == 1) panel_of_columns(k, columns, b, out, PLAIN);
    else panel_of_rows(k, columns, b, out, PLAIN);
}

AVX512 static void pack_b_pairs(long k, int columns, ck_operand b, void *out) {
    if (b.row == 1) panel_of_columns(k, columns, b, out, PAIRS);
    else if (b.col == 1) panel_of_rows(k, columns, b, out, PAIRS);
    else ck_pack_b_pairs(k, columns, b, out);
}

// ---- Tables

#define TABLE(kind)                                                                                        \
    .rows = 14, .width = 32,                                                                               \
    .packed = {0, kind##_t1_2_1_0, kind##_t2_2_1_0, kind##_t3_2_1_0, kind##_t4_2_1_0, kind##_t5_2_1_0,     \
               kind##_t6_2_1_0, kind##_t7_2_1_0, kind##_t8_2_1_0, kind##_t9_2_1_0, kind##_t10_2_1_0,       \
               kind##_t11_2_1_0, kind##_t12_2_1_0, kind##_t13_2_1_0, kind##_t14_2_1_0},                    \
    .in_place_rows = 8, .in_place_width = {0, 32, 32, 32, 32, 32, 32, 32, 32},                             \
    .in_place = {{0}, {kind##_t1_2_1_1, kind##_t1_2_2_1, kind##_t1_2_4_1},                                 \
                 {kind##_t2_2_1_1, kind##_t2_2_2_1, kind##_t2_2_4_1}, {kind##_t3_2_1_1, kind##_t3_2_2_1},  \
                 {kind##_t4_2_1_1, kind##_t4_2_2_1}, {kind##_t5_2_1_1, kind##_t5_2_2_1},                   \
                 {kind##_t6_2_1_1, kind##_t6_2_2_1}, {kind##_t7_2_1_1, kind##_t7_2_2_1},                   \
                 {kind##_t8_2_1_1}}

static const ck_kernels f32 = {TABLE(f32), .k_step = 1, .pack_a = pack_a_floats, .pack_b = pack_b_floats};
static const ck_kernels expand = {TABLE(expand), .k_step = 2, .pack_a = pack_a_quantised,
                                  .pack_b = pack_b_pairs, .quantise_row = quantise_row_floats};
static const ck_kernels dot = {TABLE(dot), .k_step = 2, .a_pairs = 1, .pack_a = pack_a_pairs,
                               .pack_b = pack_b_pairs, .quantise_row = quantise_row_pairs};

// ---- Is the machine's bf16 dot product fma(high), then fma(low)? Intel and AMD say so; we look.

static float bf16_sample(uint32_t *state) {
    *state = *state * 1664525 + 1013904223;
    uint32_t exponent = 71 + (*state >> 24) % 112, mantissa = *state >> 9 & 0x7f; // from 2^-56 on
    if (*state % 61 == 0) return 0;
    return ck_float_of((*state & 0x80) << 24 | exponent << 23 | mantissa << 16);
}

AVX512_BF16 static int dot_is_our_chain(void) {
    enum { ROUNDS = 512, LENGTH = 64 };
    uint32_t state = 1;
    for (int round = 0; round < ROUNDS; round++) {
        float expected = 0;
        __m512 sum = _mm512_setzero_ps();
        for (int s = 0; s < LENGTH; s++) {
            float a[2], b[2];
            for (int i = 0; i < 2; i++) {
                a[i] = bf16_sample(&state);
                b[i] = bf16_sample(&state);
                if (round % 2) b[i] = ck_float_of((ck_bits_of(b[i]) & 0x807fffff) | 0x3f800000); // cancels
            }
            expected = ck_fma(a[0], b[0], expected);
            expected = ck_fma(a[1], b[1], expected);
            uint32_t x = ck_bits_of(a[0]) | ck_bits_of(a[1]) >> 16;
            uint32_t y = ck_bits_of(b[0]) | ck_bits_of(b[1]) >> 16;
            __m512bh xs = (__m512bh)_mm512_set1_epi32((int)x), ys = (__m512bh)_mm512_set1_epi32((int)y);
            sum = _mm512_dpbf16_ps(sum, xs, ys);
        }
        if (ck_bits_of(_mm512_cvtss_f32(sum)) != ck_bits_of(expected)) return 0;
    }
    return 1;
}

enum { UNKNOWN, USED, NOT_USED };
static atomic_int dot_state = UNKNOWN;

int ck_bf16_dot_use(int wanted) {
    int usable = ck_isa_supported(CK_AVX512) && __builtin_cpu_supports("avx512bf16") && dot_is_our_chain();
    atomic_store(&dot_state, usable && wanted ? USED : NOT_USED);
    return usable;
}

const ck_kernels *ck_kernels_avx512(ck_dtype product) {
    if (product == CK_F32) return &f32;
    if (atomic_load(&dot_state) == UNKNOWN) ck_bf16_dot_use(1);
    return atomic_load(&dot_state) == USED ? &dot : &expand;
}
#else
const ck_kernels *ck_kernels_avx512(ck_dtype product) {
    (void)product;
    return 0;
}
int ck_bf16_dot_use(int wanted) {
    (void)wanted;
    return 0;
}
#endif
