// Loops with nothing in them but the instruction to be measured; results go to a volatile sink.
#include "CCeilings.h"

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f")))
#define AVX2 __attribute__((target("avx2,fma")))
#endif

static volatile long sink_bits;
static volatile float sink_value;

typedef long bits8 __attribute__((vector_size(64)));
typedef float floats16 __attribute__((vector_size(64)));
typedef float floats8 __attribute__((vector_size(32)));
typedef float floats4 __attribute__((vector_size(16)));

// Four streams of a block of 4 KiB keep more cache lines in flight than one.
#define READ_BODY                                                                               \
    bits8 a = {0}, b = {0}, c = {0}, d = {0};                                                   \
    long i = 0;                                                                                 \
    for (; i + 64 <= lines; i += 64)                                                            \
        for (long j = 0; j < 16; j++) {                                                         \
            a ^= p[i + j], b ^= p[i + 16 + j], c ^= p[i + 32 + j], d ^= p[i + 48 + j];          \
        }                                                                                       \
    for (; i < lines; i++) a ^= p[i];                                                           \
    a ^= b, c ^= d, a ^= c;                                                                     \
    sink_bits = a[0] ^ a[1] ^ a[2] ^ a[3] ^ a[4] ^ a[5] ^ a[6] ^ a[7];

// Twelve chains hide the latency of four cycles at two instructions a cycle.
enum { CHAINS = 12 };
#define FMA_BODY(vector)                                                                        \
    const long lanes = sizeof(vector) / sizeof(float);                                          \
    vector x[CHAINS], scale = {0}, offset = {0};                                                \
    scale += 0.999f + sink_value * 0.0f, offset += 1e-3f;                                       \
    for (int j = 0; j < CHAINS; j++) x[j] = offset + (float)j;                                  \
    for (long i = 0; i < count / (lanes * CHAINS); i++)                                         \
        _Pragma("unroll") for (int j = 0; j < CHAINS; j++)                                      \
            x[j] = __builtin_elementwise_fma(x[j], scale, offset);                              \
    for (int j = 1; j < CHAINS; j++) x[0] += x[j];                                              \
    sink_value = x[0][0];

#if defined(__x86_64__)
AVX512 static void read_avx512(const bits8 *p, long lines) { READ_BODY }
AVX2 static void read_avx2(const bits8 *p, long lines) { READ_BODY }
AVX512 static void fma_avx512(long count) { FMA_BODY(floats16) }
AVX2 static void fma_avx2(long count) { FMA_BODY(floats8) }
#endif
static void read_plain(const bits8 *p, long lines) { READ_BODY }
#if defined(__aarch64__)
static void fma_neon(long count) { FMA_BODY(floats4) }
#endif

void ceiling_read_job(void *argument, long part, int worker) {
    (void)worker;
    const ceiling *c = argument;
    long lines = c->bytes / c->parts / 64;
    const bits8 *p = (const bits8 *)c->memory + part * lines;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) { read_avx512(p, lines); return; }
    if (__builtin_cpu_supports("avx2")) { read_avx2(p, lines); return; }
#endif
    read_plain(p, lines);
}

void ceiling_fma_job(void *argument, long part, int worker) {
    (void)part, (void)worker;
    const ceiling *c = argument;
    long count = c->fmas / c->parts;
    (void)count;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) { fma_avx512(count); return; }
    if (__builtin_cpu_supports("fma")) { fma_avx2(count); return; }
#elif defined(__aarch64__)
    fma_neon(count);
#endif
}

int ceiling_has_fma(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") || __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
    return 1;
#else
    return 0;
#endif
}
