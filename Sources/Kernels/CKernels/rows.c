// Which table of row kernels an instruction set means, and how rows are shared out among threads.
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

const row_kernels ck_rows_scalar = {
    .elementwise = &ck_elementwise_scalar, .reduce = &ck_reduce_scalar, .norm = &ck_norm_scalar,
    .softmax = &ck_softmax_scalar, .rotate = ck_rotate_scalar, .adamw = ck_adamw_scalar,
    .uniform = ck_uniform_scalar, .normal = ck_normal_scalar,
};

const row_kernels *ck_rows(ck_isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case CK_AVX2: return &ck_rows_avx2;
    case CK_AVX512: return &ck_rows_avx512;
#elif defined(__aarch64__)
    case CK_NEON: return &ck_rows_neon;
#endif
    default: return &ck_rows_scalar;
    }
}

typedef struct pieces {
    long total, grain;
    void (*job)(const void *arg, long from, long to);
    const void *arg;
} pieces;

static void piece(void *arg, long part, int worker) {
    (void)worker;
    const pieces *p = arg;
    p->job(p->arg, part * p->grain, least(p->total, (part + 1) * p->grain));
}

void ck_ranges(ck_context *x, long total, long grain, void (*job)(const void *, long, long),
               const void *arg) {
    if (total <= 0) return;
    // Waking a thread costs about what two pieces cost.
    pieces p = {.total = total, .grain = total <= 2 * grain ? total : grain, .job = job, .arg = arg};
    ck_parallel(x, (total + p.grain - 1) / p.grain, piece, &p);
}
