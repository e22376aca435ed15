// Tiles of 6x16 for NEON. bf16 pairs are expanded to floats on the way; packers are the plain ones.
#include "matmul.h"
#if defined(__aarch64__)
#include <arm_neon.h>
#pragma STDC FP_CONTRACT OFF

#define TARGET
#define INLINE static inline __attribute__((always_inline))

INLINE float32x4_t load(const float *p, long n) {
    if (n >= 4) return vld1q_f32(p);
    float x[4] = {0};
    for (long i = 0; i < n; i++) x[i] = p[i];
    return vld1q_f32(x);
}
INLINE void store(float *p, long n, float32x4_t v) {
    if (n >= 4) return vst1q_f32(p, v);
    float x[4];
    vst1q_f32(x, v);
    for (long i = 0; i < n; i++) p[i] = x[i];
}

#define V float32x4_t
#define LANES 4
#define ZERO vdupq_n_f32(0)
#define ADD vaddq_f32
#define LOAD_C load
#define STORE_C store

#define NAME(x) f32_##x
#define A_ELEMENT float
#define B_ELEMENT float
#define K_STEP 1
#define HALVES 1
#define B_VECTOR float32x4_t
#define LOAD_B(p, half) vld1q_f32(p)
#define A_VECTOR float32x4_t
#define SET_A(p) vld1q_dup_f32(p)
#define MULTIPLY_ADD(a, b, c) vfmaq_f32(c, a, b)
#include "matmul_tile.h"
#define ALL_TILES                                                                                         \
    TILE(1, 4, 1, 0) TILE(2, 4, 1, 0) TILE(3, 4, 1, 0) TILE(4, 4, 1, 0) TILE(5, 4, 1, 0) TILE(6, 4, 1, 0) \
    TILE(1, 8, 1, 1) TILE(2, 8, 1, 1) TILE(3, 4, 1, 1) TILE(4, 4, 1, 1) TILE(5, 4, 1, 1) TILE(6, 4, 1, 1)
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
#define LOAD_B(p, half) expanded(vld1q_u32(p), half)
INLINE float32x4_t expanded(uint32x4_t pair, int half) {
    return vreinterpretq_f32_u32(half ? vshlq_n_u32(pair, 16) : vandq_u32(pair, vdupq_n_u32(0xffff0000)));
}
#include "matmul_tile.h"
ALL_TILES

#define TABLE(kind)                                                                                        \
    .rows = 6, .width = 16,                                                                                \
    .packed = {0, kind##_t1_4_1_0, kind##_t2_4_1_0, kind##_t3_4_1_0, kind##_t4_4_1_0, kind##_t5_4_1_0,     \
               kind##_t6_4_1_0},                                                                           \
    .in_place_rows = 6, .in_place_width = {0, 32, 32, 16, 16, 16, 16},                                     \
    .in_place = {{0}, {kind##_t1_8_1_1}, {kind##_t2_8_1_1}, {kind##_t3_4_1_1}, {kind##_t4_4_1_1},          \
                 {kind##_t5_4_1_1}, {kind##_t6_4_1_1}}

static const ck_kernels f32 = {TABLE(f32), .k_step = 1, .pack_a = ck_pack_a_floats,
                               .pack_b = ck_pack_b_floats};
static const ck_kernels expand = {TABLE(expand), .k_step = 2, .pack_a = ck_pack_a_quantised,
                                  .pack_b = ck_pack_b_pairs, .quantise_row = ck_quantise_row_floats};

const ck_kernels *ck_kernels_neon(ck_dtype product) { return product == CK_BF16 ? &expand : &f32; }
#else
const ck_kernels *ck_kernels_neon(ck_dtype product) {
    (void)product;
    return 0;
}
#endif
