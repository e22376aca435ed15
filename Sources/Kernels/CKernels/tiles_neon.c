// The tiles in NEON, which every aarch64 has.
#if defined(__aarch64__)
#define TILE_VECTORS 1
#include "tiles_body.h"
#include "attention_body.h"
#include "attention_backward_body.h"

const tile_kernels ck_tiles_neon = {pack_keys, segment, merge, gradient_tile, dot, product};
#endif
