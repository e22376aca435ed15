// The row kernels in AVX-512.
#if defined(__x86_64__)
#include "philox.h"
#include "rows.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), \
    apply_to = function)
#include "lanes.h"
#include "elementwise_body.h"
#include "reduce_body.h"
#include "norm_body.h"
#include "softmax_body.h"
#include "other_body.h"
#pragma clang attribute pop

const row_kernels ck_rows_avx512 = {
    &elementwise_table, &reduce_table, &norm_table, &softmax_table, rotate, adamw, uniform, normal,
};
#endif
