// The row kernels in NEON.
#if defined(__aarch64__)
#include "philox.h"
#include "rows.h"
#include "lanes.h"
#include "elementwise_body.h"
#include "reduce_body.h"
#include "norm_body.h"
#include "softmax_body.h"
#include "other_body.h"

const row_kernels ck_rows_neon = {
    &elementwise_table, &reduce_table, &norm_table, &softmax_table, rotate, adamw, uniform, normal,
};
#endif
