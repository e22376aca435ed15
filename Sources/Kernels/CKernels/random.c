// Counter-based random numbers: the scalar definitions and their division among threads.
//
// Philox4x32-10: counter words are index (low, high), stream (low, high); key words are key (low, high).
// Ten rounds of
//     (c0, c1, c2, c3) = (hi(M1*c2) ^ c1 ^ k0, lo(M1*c2), hi(M0*c0) ^ c3 ^ k1, lo(M0*c0))
// with the key raised by (W0, W1) between rounds. Counter i makes elements 4i...4i+3 from its words w0...w3:
//     uniform  (w >> 8) * 2^-24
//     normal   Box-Muller on (w0, w1) and (w2, w3):  r = sqrt(-2 * log(((w_even >> 8) + 1) * 2^-24)),
//              t = ((w_odd >> 8) * 2^-24) * 2 pi (fp32);  r * cos(t), then r * sin(t);  |normal| < 5.77
#include "include/ck_random.h"

#include <string.h>
#include "coefficients.h"
#include "philox.h"
#include "rows.h"
#pragma STDC FP_CONTRACT OFF

void ck_philox(uint64_t key, uint64_t stream, uint64_t index, uint32_t out[4]) {
    uint32_t c[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)};
    uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t a = (uint64_t)PHILOX_M0 * c[0], b = (uint64_t)PHILOX_M1 * c[2];
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b,
                            (uint32_t)(a >> 32) ^ c[3] ^ k[1], (uint32_t)a};
        memcpy(c, next, sizeof c);
        k[0] += PHILOX_W0;
        k[1] += PHILOX_W1;
    }
    memcpy(out, c, sizeof c);
}

void ck_uniform_scalar(uint64_t key, uint64_t stream, uint64_t index, float y[64]) {
    for (int i = 0; i < 64; i += 4) {
        uint32_t w[4];
        ck_philox(key, stream, index + (uint64_t)(i / 4), w);
        for (int j = 0; j < 4; j++) y[i + j] = (float)(w[j] >> 8) * 0x1p-24f;
    }
}

void ck_normal_scalar(uint64_t key, uint64_t stream, uint64_t index, float y[64]) {
    for (int i = 0; i < 64; i += 4) {
        uint32_t w[4];
        ck_philox(key, stream, index + (uint64_t)(i / 4), w);
        for (int j = 0; j < 4; j += 2) {
            float u = (float)((w[j] >> 8) + 1) * 0x1p-24f;
            float r = __builtin_sqrtf(-2.0f * ck_log(u));
            float t = (float)(w[j + 1] >> 8) * 0x1p-24f * TWO_PI;
            y[i + j] = r * ck_cos(t);
            y[i + j + 1] = r * ck_sin(t);
        }
    }
}

typedef struct drawing {
    void (*draw)(uint64_t key, uint64_t stream, uint64_t index, float y[64]);
    uint64_t key, stream;
    long n;
    float *y;
} drawing;

static void draw_job(const void *arg, long from, long to) {
    const drawing *s = arg;
    for (long group = from; group < to; group++) {
        long left = s->n - group * 64;
        float last[64], *y = left < 64 ? last : s->y + group * 64;
        s->draw(s->key, s->stream, (uint64_t)group * 16, y);
        if (left < 64) memcpy(s->y + group * 64, last, (size_t)left * sizeof *last);
    }
}

void ck_uniform_f32(ck_context *x, uint64_t key, uint64_t stream, long n, float *y) {
    drawing s = {.draw = ck_rows(ck_context_isa(x))->uniform, .key = key, .stream = stream, .n = n, .y = y};
    ck_ranges(x, (n + 63) / 64, 64, draw_job, &s);
}

void ck_normal_f32(ck_context *x, uint64_t key, uint64_t stream, long n, float *y) {
    drawing s = {.draw = ck_rows(ck_context_isa(x))->normal, .key = key, .stream = stream, .n = n, .y = y};
    ck_ranges(x, (n + 63) / 64, 64, draw_job, &s);
}
