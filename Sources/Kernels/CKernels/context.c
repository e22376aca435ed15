// The thread pool under every kernel. A job is a number of parts; a thread claims a part by taking one
// from `remaining`. A part that is claimed keeps the job alive, so a late thread can never run a stale one.
// Threads spin briefly between jobs (kernels follow each other within microseconds) and then sleep.
#define _GNU_SOURCE
#include "ck_context.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include "scratch.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#pragma STDC FP_CONTRACT OFF

enum { LINE = 128, HUGE_PAGE = 2 << 20, HUGE_FROM = 1 << 20, SPIN_NANOSECONDS = 40000 };

typedef struct worker {
    struct ck_context *x;
    int index;
    pthread_t thread;
    void *scratch[CK_SCRATCH_SLOTS];
    size_t capacity[CK_SCRATCH_SLOTS];
} worker;

struct ck_context {
    ck_isa isa;
    int threads;
    void (*job)(void *, long, int); // these three are stable while `unfinished` > 0
    void *arg;
    long parts;
    _Alignas(LINE) atomic_long remaining;  // parts not yet claimed
    _Alignas(LINE) atomic_long unfinished; // parts not yet done
    _Alignas(LINE) atomic_int sleeping;    // workers asleep
    atomic_int caller_sleeping;
    atomic_int stop;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    worker workers[];
};

// ---- Floating-point environment

#if defined(__x86_64__)
// The low six bits are sticky exception flags: they change and mean nothing.
enum { MXCSR_CONTROL = 0xFFC0, MXCSR_CANONICAL = 0x1F80 };
typedef unsigned environment;
static environment environment_get(void) { return _mm_getcsr(); }
static void environment_set(environment e) { _mm_setcsr(e); }
static int environment_ok(environment e) { return (e & MXCSR_CONTROL) == MXCSR_CANONICAL; }
static const environment canonical = MXCSR_CANONICAL;
static void relax(void) { _mm_pause(); }
#elif defined(__aarch64__)
typedef uint64_t environment;
static environment environment_get(void) {
    uint64_t e;
    __asm__ volatile("mrs %0, fpcr" : "=r"(e));
    return e;
}
static void environment_set(environment e) { __asm__ volatile("msr fpcr, %0" : : "r"(e)); }
static int environment_ok(environment e) { return e == 0; }
static const environment canonical = 0;
static void relax(void) { __asm__ volatile("yield"); }
#else
#error "CKernels knows the floating-point environment of x86-64 and AArch64 only"
#endif

int ck_environment_is_canonical(void) { return environment_ok(environment_get()); }

// ---- Instruction sets

#if defined(__x86_64__)
// The system must save the registers too, or they change under us.
static int system_saves(unsigned states) {
    unsigned a = 1, b, c = 0, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (!(c & (1u << 27))) return 0; // no XGETBV
    __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return (a & states) == states;
}
#endif

int ck_isa_supported(ck_isa isa) {
    switch (isa) {
    case CK_SCALAR: return 1;
#if defined(__x86_64__)
    case CK_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && system_saves(0x6);
    case CK_AVX512:
        return ck_isa_supported(CK_AVX2) && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && system_saves(0xE6);
#endif
#if defined(__aarch64__)
    case CK_NEON: return 1;
#endif
    default: return 0;
    }
}

ck_isa ck_isa_best(void) {
    if (ck_isa_supported(CK_AVX512)) return CK_AVX512;
    if (ck_isa_supported(CK_NEON)) return CK_NEON;
    return ck_isa_supported(CK_AVX2) ? CK_AVX2 : CK_SCALAR;
}

// ---- Memory

static size_t rounded(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

void *ck_alloc(size_t bytes) {
    if (bytes > SIZE_MAX / 4) return NULL;
    if (bytes < HUGE_FROM) {
        void *p = NULL;
        size_t size = rounded(bytes ? bytes : 1, 64);
        return posix_memalign(&p, 64, size) ? NULL : memset(p, 0, size);
    }
    size_t size = rounded(bytes, HUGE_PAGE);
    char *p = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    char *start = (char *)rounded((uintptr_t)p, HUGE_PAGE);
    if (start > p) munmap(p, (size_t)(start - p));
    size_t slack = HUGE_PAGE - (size_t)(start - p);
    if (slack > 0) munmap(start + size, slack);
#if defined(MADV_HUGEPAGE)
    madvise(start, size, MADV_HUGEPAGE); // only a wish: without it everything works, a little slower
#endif
    return start;
}

void ck_free(void *p, size_t bytes) {
    if (p == NULL) return;
    if (bytes < HUGE_FROM) free(p);
    else munmap(p, rounded(bytes, HUGE_PAGE));
}

void *ck_scratch(ck_context *x, int worker_index, int slot, size_t bytes) {
    worker *w = &x->workers[worker_index];
    if (bytes > w->capacity[slot]) {
        ck_free(w->scratch[slot], w->capacity[slot]);
        w->scratch[slot] = ck_alloc(bytes);
        if (w->scratch[slot] == NULL) {
            fprintf(stderr, "starling: no memory for %zu bytes of scratch; use fewer threads\n", bytes);
            abort();
        }
        w->capacity[slot] = bytes;
    }
    return w->scratch[slot];
}

// ---- Threads

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// Spins until `*value` is zero (or not zero); 0 if it did not happen in time.
static int spin(atomic_long *value, int until_zero) {
    uint64_t end = 0;
    for (unsigned round = 1;; round++) {
        if ((atomic_load_explicit(value, memory_order_acquire) == 0) == until_zero) return 1;
        relax();
        if (round % 64) continue;
        if (end == 0) end = now() + SPIN_NANOSECONDS;
        else if (now() > end) return 0;
    }
}

// Claims and runs parts until none is left to claim.
static void work(ck_context *x, int index) {
    long left = atomic_load(&x->remaining);
    while (left > 0) {
        if (!atomic_compare_exchange_weak(&x->remaining, &left, left - 1)) continue;
        x->job(x->arg, x->parts - left, index);
        if (atomic_fetch_sub(&x->unfinished, 1) == 1 && atomic_load(&x->caller_sleeping)) {
            pthread_mutex_lock(&x->lock);
            pthread_cond_signal(&x->done);
            pthread_mutex_unlock(&x->lock);
        }
        left = atomic_load(&x->remaining);
    }
}

static void *worker_main(void *argument) {
    worker *w = argument;
    ck_context *x = w->x;
    environment_set(canonical);
    while (!atomic_load(&x->stop)) {
        if (spin(&x->remaining, 0)) {
            work(x, w->index);
            continue;
        }
        pthread_mutex_lock(&x->lock);
        atomic_fetch_add(&x->sleeping, 1);
        while (atomic_load(&x->remaining) == 0 && !atomic_load(&x->stop))
            pthread_cond_wait(&x->work, &x->lock);
        atomic_fetch_sub(&x->sleeping, 1);
        pthread_mutex_unlock(&x->lock);
    }
    return NULL;
}

// Sequential consistency pairs these with the workers' `sleeping` and ours with `caller_sleeping`:
// whoever comes second sees the other, so nobody sleeps through a job or its end.
static void wake(ck_context *x, long parts) {
    int sleeping = atomic_load(&x->sleeping);
    if (sleeping == 0) return;
    pthread_mutex_lock(&x->lock);
    if (parts - 1 >= sleeping) pthread_cond_broadcast(&x->work);
    else
        for (long i = 1; i < parts; i++) pthread_cond_signal(&x->work);
    pthread_mutex_unlock(&x->lock);
}

static void await_end(ck_context *x) {
    if (spin(&x->unfinished, 1)) return;
    pthread_mutex_lock(&x->lock);
    atomic_store(&x->caller_sleeping, 1);
    while (atomic_load(&x->unfinished) > 0) pthread_cond_wait(&x->done, &x->lock);
    atomic_store(&x->caller_sleeping, 0);
    pthread_mutex_unlock(&x->lock);
}

void ck_parallel(ck_context *x, long parts, void (*job)(void *arg, long part, int worker), void *arg) {
    if (parts <= 0) return;
    environment callers = environment_get();
    int foreign = !environment_ok(callers);
    if (foreign) environment_set(canonical);
    if (parts == 1 || x->threads == 1) {
        for (long part = 0; part < parts; part++) job(arg, part, 0);
    } else {
        x->job = job;
        x->arg = arg;
        x->parts = parts;
        atomic_store(&x->unfinished, parts);
        atomic_store(&x->remaining, parts);
        wake(x, parts);
        work(x, 0);
        await_end(x);
    }
    if (foreign) environment_set(callers);
}

// ---- Life

static void stop_workers(ck_context *x, int count) {
    pthread_mutex_lock(&x->lock);
    atomic_store(&x->stop, 1);
    pthread_cond_broadcast(&x->work);
    pthread_mutex_unlock(&x->lock);
    for (int i = 1; i < count; i++) pthread_join(x->workers[i].thread, NULL);
}

static void release(ck_context *x) {
    for (int i = 0; i < x->threads; i++)
        for (int slot = 0; slot < CK_SCRATCH_SLOTS; slot++)
            ck_free(x->workers[i].scratch[slot], x->workers[i].capacity[slot]);
    pthread_cond_destroy(&x->work);
    pthread_cond_destroy(&x->done);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

ck_context *ck_context_create(ck_isa isa, int threads) {
    if (!ck_isa_supported(isa) || threads < 1 || threads > CK_THREADS_MAX) return NULL;
    size_t size = rounded(sizeof(ck_context) + (size_t)threads * sizeof(worker), LINE);
    ck_context *x = NULL;
    if (posix_memalign((void **)&x, LINE, size)) return NULL;
    memset(x, 0, size);
    x->isa = isa;
    x->threads = threads;
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->work, NULL);
    pthread_cond_init(&x->done, NULL);
    // Signals belong to the program's own threads.
    sigset_t all, callers;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &callers);
    int made = 1;
    for (; made < threads; made++) {
        worker *w = &x->workers[made];
        w->x = x;
        w->index = made;
        if (pthread_create(&w->thread, NULL, worker_main, w)) break;
    }
    pthread_sigmask(SIG_SETMASK, &callers, NULL);
    if (made == threads) return x;
    stop_workers(x, made);
    release(x);
    return NULL;
}

void ck_context_destroy(ck_context *x) {
    if (x == NULL) return;
    stop_workers(x, x->threads);
    release(x);
}

ck_isa ck_context_isa(const ck_context *x) { return x->isa; }
int ck_context_threads(const ck_context *x) { return x->threads; }
