// The row kernels in AVX2.
#if defined(__x86_64__)
#include "philox.h"
#include "rows.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "lanes.h"
#include "elementwise_body.h"
#include "reduce_body.h"
#include "norm_body.h"
#include "softmax_body.h"
#include "other_body.h"
#pragma clang attribute pop

const row_kernels ck_rows_avx2 = {
    &elementwise_table, &reduce_table, &norm_table, &softmax_table, rotate, adamw, uniform, normal,
};
#endif
