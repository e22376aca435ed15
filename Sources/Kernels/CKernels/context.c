// Contexts: the instruction set, a fixed set of threads that claim parts, and scratch memory.
#define _GNU_SOURCE
#include "include/ck_context.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#pragma STDC FP_CONTRACT OFF

enum { SLOTS = 4, WORKERS_MAX = 256 };
// A waiting thread looks this often before it sleeps: about 50 us, longer than the gap between two
// operators of one program, far shorter than a person notices on a laptop's battery.
enum { SPINS = 2000 };

typedef struct worker {
    ck_context *owner;
    int index;
    pthread_t thread;
    void *scratch[SLOTS];
    size_t bytes[SLOTS];
} worker;

struct ck_context {
    ck_isa isa;
    int threads;
    void (*job)(void *, long, int);
    void *arg;
    long parts;
    _Alignas(64) atomic_long next;
    _Alignas(64) atomic_int left;       // helpers still in the job
    _Alignas(64) atomic_uint generation; // futex: helpers wait for it to change
    atomic_int sleepers;
    atomic_int leaving;
    worker workers[];
};

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

// Round to nearest-even, no flush to zero, no denormals-are-zero, exceptions masked.
static void set_canonical_environment(void) {
#if defined(__x86_64__)
    if ((_mm_getcsr() & 0xFFC0) != 0x1F80) _mm_setcsr(0x1F80);
#elif defined(__aarch64__)
    unsigned long zero = 0;
    __asm__ __volatile__("msr fpcr, %0" : : "r"(zero));
#endif
}

int ck_environment_is_canonical(void) {
#if defined(__x86_64__)
    return (_mm_getcsr() & 0xFFC0) == 0x1F80;
#elif defined(__aarch64__)
    unsigned long fpcr;
    __asm__ __volatile__("mrs %0, fpcr" : "=r"(fpcr));
    return (fpcr & 0x07C00000) == 0;
#else
    return 1;
#endif
}

int ck_isa_supported(ck_isa isa) {
    switch (isa) {
    case CK_SCALAR: return 1;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
    case CK_NEON: return 1;
#endif
    default: return 0;
    }
}

ck_isa ck_isa_best(void) {
    if (ck_isa_supported(CK_AVX512)) return CK_AVX512;
    if (ck_isa_supported(CK_AVX2)) return CK_AVX2;
    if (ck_isa_supported(CK_NEON)) return CK_NEON;
    return CK_SCALAR;
}

static void work(ck_context *x, int index) {
    long part;
    while ((part = atomic_fetch_add_explicit(&x->next, 1, memory_order_relaxed)) < x->parts)
        x->job(x->arg, part, index);
}

static void await_change(ck_context *x, unsigned seen) {
    for (int spin = 0; spin < SPINS; spin++) {
        if (atomic_load_explicit(&x->generation, memory_order_acquire) != seen) return;
        pause_briefly();
    }
    atomic_fetch_add(&x->sleepers, 1);
    while (atomic_load(&x->generation) == seen)
        syscall(SYS_futex, &x->generation, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    atomic_fetch_sub(&x->sleepers, 1);
}

static void *helper(void *v) {
    worker *w = v;
    ck_context *x = w->owner;
    set_canonical_environment();
    unsigned seen = 0;
    for (;;) {
        await_change(x, seen);
        seen = atomic_load_explicit(&x->generation, memory_order_acquire);
        if (atomic_load(&x->leaving)) return NULL;
        work(x, w->index);
        atomic_fetch_sub_explicit(&x->left, 1, memory_order_release);
    }
}

static void announce(ck_context *x) {
    atomic_fetch_add(&x->generation, 1);
    if (atomic_load(&x->sleepers))
        syscall(SYS_futex, &x->generation, FUTEX_WAKE_PRIVATE, WORKERS_MAX, NULL, NULL, 0);
}

ck_context *ck_context_create(ck_isa isa, int threads) {
    if (!ck_isa_supported(isa) || threads < 1 || threads > WORKERS_MAX) return NULL;
    size_t bytes = sizeof(ck_context) + (size_t)threads * sizeof(worker);
    ck_context *x = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
    if (!x) return NULL;
    __builtin_memset(x, 0, bytes);
    x->isa = isa;
    x->threads = 1;
    for (int i = 0; i < threads; i++) x->workers[i] = (worker){.owner = x, .index = i};
    for (int i = 1; i < threads; i++) {
        if (pthread_create(&x->workers[i].thread, NULL, helper, &x->workers[i])) {
            ck_context_destroy(x);
            return NULL;
        }
        x->threads = i + 1;
    }
    return x;
}

void ck_context_destroy(ck_context *x) {
    if (!x) return;
    atomic_store(&x->leaving, 1);
    announce(x);
    for (int i = 1; i < x->threads; i++) pthread_join(x->workers[i].thread, NULL);
    for (int i = 0; i < x->threads; i++)
        for (int s = 0; s < SLOTS; s++) ck_free(x->workers[i].scratch[s], x->workers[i].bytes[s]);
    free(x);
}

ck_isa ck_context_isa(const ck_context *x) { return x->isa; }
int ck_context_threads(const ck_context *x) { return x->threads; }

void ck_parallel(ck_context *x, long parts, void (*job)(void *, long, int), void *arg) {
    set_canonical_environment();
    if (x->threads == 1 || parts <= 1) {
        for (long part = 0; part < parts; part++) job(arg, part, 0);
        return;
    }
    x->job = job;
    x->arg = arg;
    x->parts = parts;
    atomic_store_explicit(&x->next, 0, memory_order_relaxed);
    atomic_store_explicit(&x->left, x->threads - 1, memory_order_relaxed);
    announce(x);
    work(x, 0);
    // Everybody leaves the job before its fields change again. On a crowded machine a helper may have
    // lost its core: give way now and then instead of spinning against it.
    for (unsigned spin = 1; atomic_load_explicit(&x->left, memory_order_acquire); spin++) {
        if (spin % 4096 == 0) sched_yield();
        else pause_briefly();
    }
}

static size_t rounded(size_t bytes) { return (bytes + 4095) & ~(size_t)4095; }

void *ck_alloc(size_t bytes) {
    size_t size = rounded(bytes ? bytes : 1);
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    if (size >= (size_t)2 << 20) madvise(p, size, MADV_HUGEPAGE);
    return p;
}

void ck_free(void *p, size_t bytes) {
    if (p) munmap(p, rounded(bytes ? bytes : 1));
}

void *ck_scratch(ck_context *x, int index, int slot, size_t bytes) {
    worker *w = &x->workers[index];
    if (w->bytes[slot] < bytes) {
        ck_free(w->scratch[slot], w->bytes[slot]);
        size_t grown = bytes + bytes / 4;
        w->scratch[slot] = ck_alloc(grown);
        w->bytes[slot] = w->scratch[slot] ? grown : 0;
        if (!w->scratch[slot]) abort(); // out of memory inside a kernel: there is nothing to fall back to
    }
    return w->scratch[slot];
}
