// AdamW: the scalar definition and its division among threads.
#include "include/ck_optimizer.h"

#include "rows.h"
#pragma STDC FP_CONTRACT OFF

void ck_adamw_scalar(long n, const ck_adamw *c, float scale, const float *g, float *p, float *m, float *v) {
    for (long i = 0; i < n; i++) {
        float d = g[i] * scale;
        m[i] = __builtin_fmaf(c->beta1, m[i], c->a1 * d);
        v[i] = __builtin_fmaf(c->beta2, v[i], c->a2 * (d * d));
        float u = (m[i] * c->c1) / (__builtin_sqrtf(v[i] * c->c2) + c->epsilon);
        p[i] = __builtin_fmaf(-c->rate, u, p[i] * c->decay);
    }
}

typedef struct adamw {
    const row_kernels *k;
    const ck_adamw *c;
    float scale;
    const float *g;
    float *p, *m, *v;
} adamw;

static void adamw_job(const void *arg, long from, long to) {
    const adamw *s = arg;
    s->k->adamw(to - from, s->c, s->scale, s->g + from, s->p + from, s->m + from, s->v + from);
}

void ck_adamw_f32(ck_context *x, long n, const ck_adamw *c, const float *scale, const float *g, float *p,
                  float *m, float *v) {
    adamw s = {.k = ck_rows(ck_context_isa(x)), .c = c, .scale = *scale, .g = g, .p = p, .m = m, .v = v};
    ck_ranges(x, n, 8192, adamw_job, &s);
}
