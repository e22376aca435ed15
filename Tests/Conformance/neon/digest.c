// Runs every kernel on numbers made from a counter, with every instruction set of this machine on one and
// two threads, and prints one line for each: what ran, and a hash of the bits that came out. Two machines
// agree when their lines are equal, the instruction set aside.
#include "CKernels.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *what;        // "scalar/1"
static const char *subject;     // the operator
static uint64_t hash;
static ck_context *x;

static void begin(const char *name) {
    subject = name;
    hash = 0xcbf29ce484222325u;
}
static void see(const void *bytes, size_t count) { // FNV-1a
    const unsigned char *p = bytes;
    for (size_t i = 0; i < count; i++) hash = (hash ^ p[i]) * 0x100000001b3u;
}
static void end(void) { printf("%s %s %016llx\n", subject, what, (unsigned long long)hash); }

static void *room(size_t bytes) {
    void *p = ck_alloc(bytes + 256);
    if (!p) abort();
    return p;
}
static float *floats(long n) { return room((size_t)n * 4); }

// Numbers of many sizes, denormals and zeros of both signs among them; `spread` 0: all near 1.
static float *numbers(long n, uint32_t seed, int spread) {
    float *y = floats(n);
    for (long i = 0; i < n; i++) {
        uint32_t w[4], bits;
        ck_philox(seed, 7, (uint64_t)i, w);
        bits = (w[0] & 0x807fffff) | (uint32_t)(120 + w[1] % 8) << 23;
        if (spread && w[2] % 16 == 0) bits = (w[0] & 0x807fffff) | (uint32_t)(w[1] % 60 + 90) << 23;
        if (spread && w[2] % 64 == 1) bits = w[0] & 0x807fffff; // denormal
        if (spread && w[2] % 64 == 2) bits = w[0] & 0x80000000;
        memcpy(y + i, &bits, 4);
    }
    return y;
}
static float *positive(long n, uint32_t seed) {
    float *y = numbers(n, seed, 1);
    for (long i = 0; i < n; i++) y[i] = (y[i] < 0 ? -y[i] : y[i]) + 1e-30f;
    return y;
}

static void products(void) {
    static const long sizes[][3] = {{1, 7, 33}, {2, 64, 96}, {3, 300, 50}, {6, 513, 100}, {7, 40, 65},
                                    {8, 896, 160}, {13, 257, 31}, {40, 600, 130}, {65, 1030, 70}};
    static const char *names[] = {"matmul/fp32", "matmul/fp32/packed", "matmul/bf16", "matmul/bf16/packed"};
    for (int kind = 0; kind < 4; kind++) {
        begin(names[kind]);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            const long m = sizes[s][0], k = sizes[s][1], n = sizes[s][2];
            const ck_dtype type = kind < 2 ? CK_F32 : CK_BF16;
            float *a = numbers(m * k, 1, kind < 2), *b = numbers(k * n, 2, 0), *bias = numbers(n, 3, 0);
            float *c = floats(m * n);
            ck_matmul g = {.batch = 1, .m = m, .n = n, .k = k, .a = a, .a_row = k, .a_col = 1, .b = b,
                           .b_row = n, .b_col = 1, .c = c, .c_row = n, .bias = bias, .product = type};
            if (kind & 1) {
                void *packed = room(ck_packed_bytes(type, k, n));
                ck_pack(x, type, k, n, b, CK_F32, n, 1, packed);
                g.b = packed, g.b_type = type, g.b_packed = 1;
            }
            ck_matmul_run(x, &g);
            see(c, (size_t)(m * n) * 4);
            g.accumulate = 1, g.bias = NULL;
            ck_matmul_run(x, &g);
            see(c, (size_t)(m * n) * 4);
        }
        end();
    }
}

static void elementwise(void) {
    const long n = 1003;
    float *a = numbers(n, 4, 1), *b = numbers(n, 5, 1), *p = positive(n, 6), *y = floats(n), *z = floats(n);
    begin("unary");
    for (int f = CK_NEG; f <= CK_ROUND_BF16; f++) {
        ck_unary_f32(x, (ck_unary)f, n, f == CK_LOG || f == CK_SQRT || f == CK_RECIPROCAL ? p : a, y);
        see(y, n * 4);
    }
    end();
    begin("binary");
    for (int f = CK_ADD; f <= CK_STEP; f++) {
        ck_binary_f32(x, (ck_binary)f, n, a, f == CK_DIV ? p : b, y);
        see(y, n * 4);
        ck_binary_row_f32(x, (ck_binary)f, 17, 59, a, f == CK_DIV ? p : b, y);
        see(y, n * 4);
        ck_binary_column_f32(x, (ck_binary)f, 17, 59, a, f == CK_DIV ? p : b, y);
        see(y, n * 4);
    }
    end();
    begin("mixed");
    ck_affine_f32(x, n, a, 1.7f, -0.3f, y), see(y, n * 4);
    ck_scale_by_f32(x, n, p, b, y), see(y, n * 4);
    ck_clamp_f32(x, n, a, -0.5f, 0.25f, y), see(y, n * 4);
    ck_select_f32(x, n, a, b, p, y), see(y, n * 4);
    ck_swiglu_f32(x, n, a, b, y), see(y, n * 4);
    ck_swiglu_backward_f32(x, n, a, b, p, y, z), see(y, n * 4), see(z, n * 4);
    ck_transpose_f32(x, 1, 17, 59, a, y), see(y, n * 4);
    uint16_t *h = room(n * 2);
    ck_f32_to_bf16(x, n, a, h), see(h, n * 2);
    ck_bf16_to_f32(x, n, h, y), see(y, n * 4);
    end();
    begin("fp64");
    for (int i = 0; i < 1000; i++) {
        double t = (i - 500) * 0.37, all[] = {ck_exp64(t), ck_log64(i + 0.5), ck_sin64(t), ck_cos64(t),
                                              ck_pow64(i + 1, -0.25)};
        float f = (float)t, more[] = {ck_exp(f), ck_log(i + 0.5f), ck_tanh(f), ck_sin(f), ck_cos(f)};
        see(all, sizeof all), see(more, sizeof more);
    }
    end();
}

static void rows(void) {
    static const long sizes[][2] = {{1, 1}, {3, 17}, {5, 64}, {4, 1000}, {2, 4096}, {3, 5000}};
    begin("rows");
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const long r = sizes[s][0], n = sizes[s][1], all = r * n;
        float *a = numbers(all, 8, 1), *d = numbers(all, 9, 1);
        float *w = numbers(n, 10, 0), *v = numbers(n, 11, 0);
        float *y = floats(all), *t = floats(2 * r), *dx = floats(all), *dw = floats(n), *db = floats(n);
        int32_t *ids = room((size_t)r * 4);
        for (long i = 0; i < r; i++) ids[i] = (int32_t)(i == 2 ? -1 : (i * 7919) % n);
        ck_rmsnorm_f32(x, r, n, a, w, 1e-5f, y, t), see(y, all * 4), see(t, r * 4);
        ck_rmsnorm_backward_f32(x, r, n, a, w, t, d, dx, dw), see(dx, all * 4), see(dw, n * 4);
        ck_layernorm_f32(x, r, n, a, w, v, 1e-5f, y, t), see(y, all * 4), see(t, 2 * r * 4);
        ck_layernorm_backward_f32(x, r, n, a, w, t, d, dx, dw, db);
        see(dx, all * 4), see(dw, n * 4), see(db, n * 4);
        float *logits = numbers(all, 12, 0);
        ck_softmax_f32(x, r, n, logits, y), see(y, all * 4);
        ck_softmax_backward_f32(x, r, n, y, d, dx), see(dx, all * 4);
        ck_selected_logprob_f32(x, r, n, logits, ids, y, t), see(y, r * 4), see(t, 2 * r * 4);
        ck_selected_logprob_backward_f32(x, r, n, logits, ids, t, d, dx), see(dx, all * 4);
        ck_sum_rows_f32(x, r, n, a, y), see(y, r * 4);
        ck_sum_squares_f32(x, all, a, y), see(y, 4);
        ck_dot_rows_f32(x, r, n, a, d, y), see(y, r * 4);
        ck_sum_columns_f32(x, r, n, a, y), see(y, n * 4);
        ck_max_rows_f32(x, r, n, a, y), see(y, r * 4);
        ck_argmax_rows_f32(x, r, n, a, (int32_t *)y), see(y, r * 4);
    }
    end();
}

static void attention(void) {
    const long batch = 2, heads = 6, keys = 2, times[] = {1, 9, 70, 150}, dims[] = {16, 64, 80};
    begin("attention");
    for (int t = 0; t < 4; t++)
        for (int d = 0; d < 3; d++) {
            const long time = times[t], dim = dims[d], r = batch * time;
            const long qn = r * heads * dim, kn = r * keys * dim;
            float *q = numbers(qn, 13, 0), *k = numbers(kn, 14, 0), *v = numbers(kn, 15, 0);
            float *g = numbers(qn, 16, 0), *o = floats(qn), *stats = floats(2 * r * heads);
            float *dq = floats(qn), *dk = floats(kn), *dv = floats(kn);
            ck_attention_f32(x, batch, time, heads, keys, dim, q, heads * dim, k, keys * dim, v, keys * dim,
                             0.125f, o, stats);
            see(o, qn * 4), see(stats, 2 * r * heads * 4);
            ck_attention_backward_f32(x, batch, time, heads, keys, dim, q, heads * dim, k, keys * dim, v,
                                      keys * dim, 0.125f, o, stats, g, dq, dk, dv);
            see(dq, qn * 4), see(dk, kn * 4), see(dv, kn * 4);
            const long capacity = (time + 63) / 64 * 64;
            const size_t cached = ck_cache_elements(batch, keys, dim, capacity);
            float *ck = floats((long)cached), *cv = floats((long)cached);
            int32_t *slots = room((size_t)r * 4), *at = room((size_t)r * 4);
            for (long i = 0; i < r; i++) slots[i] = (int32_t)(i / time), at[i] = (int32_t)(i % time);
            ck_cache_append_f32(x, r, keys, dim, capacity, k, keys * dim, v, keys * dim, slots, at, ck, cv);
            ck_attention_cached_f32(x, r, heads, keys, dim, capacity, q, heads * dim, ck, cv, slots, at,
                                    0.125f, o);
            see(o, qn * 4);
        }
    end();
}

static void others(void) {
    begin("conv3d");
    ck_conv3d g = {.batch = 2, .depth = 5, .height = 6, .width = 7, .in = 5, .out = 9,
                   .kd = 3, .kh = 3, .kw = 3, .stride = 1, .padding = 1};
    const long an = 2 * 5 * 6 * 7 * 5, wn = 27 * 5 * 9, yn = 2 * 5 * 6 * 7 * 9;
    float *a = numbers(an, 17, 1), *w = numbers(wn, 18, 0), *d = numbers(yn, 19, 0);
    float *bias = numbers(9, 20, 0), *y = floats(yn), *dx = floats(an), *dw = floats(wn);
    ck_conv3d_f32(x, &g, a, w, bias, y), see(y, yn * 4);
    ck_conv3d_backward_input_f32(x, &g, w, d, dx), see(dx, an * 4);
    ck_conv3d_backward_weight_f32(x, &g, a, d, dw), see(dw, wn * 4);
    end();

    begin("rope");
    float *table = positive(16, 21), *cosine = floats(50 * 16), *sine = floats(50 * 16), *r = floats(20 * 96);
    ck_rope_table(50, 16, table, cosine, sine), see(cosine, 3200), see(sine, 3200);
    int32_t at[20];
    for (int i = 0; i < 20; i++) at[i] = i * 2;
    for (int inverse = 0; inverse < 2; inverse++) {
        ck_rope_f32(x, 20, 3, 32, a, 96, at, cosine, sine, inverse, r, 96);
        see(r, 20 * 96 * 4);
    }
    end();

    begin("embedding");
    int32_t ids[30];
    for (int i = 0; i < 30; i++) ids[i] = i % 7 == 6 ? -1 : (i * 11) % 13;
    float *out = floats(30 * 40), *sums = floats(13 * 40);
    ck_embedding_f32(x, 30, 40, 13, a, CK_F32, 0, ids, out), see(out, 4800);
    ck_embedding_backward_f32(x, 30, 40, 13, ids, d, sums, 0), see(sums, 13 * 160);
    ck_embedding_backward_f32(x, 30, 40, 13, ids, d, sums, 1), see(sums, 13 * 160);
    for (int i = 0; i < 30; i++) ids[i] = i * 11 % 13;
    ck_gather_rows_f32(x, 30, 40, a, ids, out), see(out, 4800);
    end();

    begin("adamw");
    const long n = 5003;
    float *p = numbers(n, 22, 1), *m = numbers(n, 23, 0), *v = positive(n, 24), scale = 0.5f;
    ck_adamw c = {.rate = 1e-3f, .beta1 = 0.9f, .beta2 = 0.95f, .a1 = 0.1f, .a2 = 0.05f, .c1 = 1.5f,
                  .c2 = 1.25f, .epsilon = 1e-8f, .decay = 0.99f};
    ck_adamw_f32(x, n, &c, &scale, numbers(n, 25, 1), p, m, v), see(p, n * 4), see(m, n * 4), see(v, n * 4);
    end();

    begin("random");
    float *u = floats(n);
    ck_uniform_f32(x, 42, 3, n, u), see(u, n * 4);
    ck_normal_f32(x, 42, 4, n, u), see(u, n * 4);
    end();

    begin("sample");
    float *logits = numbers(n, 26, 0), *draws = floats(64);
    ck_uniform_f32(x, 9, 9, 64, draws);
    void *scratch = room(ck_sample_scratch(n));
    for (int i = 0; i < 64; i++) {
        ck_sampling s = {.temperature = 0.3f + 0.02f * (float)i, .top_p = i % 3 ? 1 : 0.8f,
                         .min_p = i % 5 ? 0 : 0.02f, .top_k = i % 4 ? 0 : 50};
        int32_t token = ck_sample_f32(ck_context_isa(x), n, logits, &s, draws[i], scratch);
        see(&token, 4);
    }
    end();
}

int main(void) {
    static const char *names[] = {"scalar", "avx2", "avx512", "neon"};
    for (int isa = CK_SCALAR; isa <= CK_NEON; isa++)
        for (int threads = 1; threads <= 2 && ck_isa_supported((ck_isa)isa); threads++) {
            char label[32];
            snprintf(label, sizeof label, "%s/%d", names[isa], threads);
            what = label;
            x = ck_context_create((ck_isa)isa, threads);
            if (!x) return 1;
            products(), elementwise(), rows(), attention(), others();
            ck_context_destroy(x);
        }
    return 0;
}
