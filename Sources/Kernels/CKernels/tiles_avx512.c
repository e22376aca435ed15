// The tiles in AVX-512.
#if defined(__x86_64__)
#define TARGET __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma")))
#pragma clang attribute push(TARGET, apply_to = function)
#define TILE_VECTORS 4
#include "tiles_body.h"
#include "attention_body.h"
#include "attention_backward_body.h"
#pragma clang attribute pop

const tile_kernels ck_tiles_avx512 = {pack_keys, segment, merge, gradient_tile, dot, product};
#endif
