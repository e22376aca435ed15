// The tiles in AVX2.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define TILE_VECTORS 1
#include "tiles_body.h"
#include "attention_body.h"
#include "attention_backward_body.h"
#pragma clang attribute pop

const tile_kernels ck_tiles_avx2 = {pack_keys, segment, merge, gradient_tile, dot, product};
#endif
