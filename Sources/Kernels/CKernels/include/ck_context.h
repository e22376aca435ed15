// Where kernels run: an instruction set, a fixed set of threads, and their scratch memory.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum ck_isa { CK_SCALAR = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_NEON = 3 } ck_isa;
typedef enum ck_dtype { CK_F32 = 0, CK_BF16 = 1 } ck_dtype;

// 1 if this machine can run `isa`; the widest one it can run.
int ck_isa_supported(ck_isa isa);
ck_isa ck_isa_best(void);
// 1 if the calling thread rounds to nearest-even and keeps subnormals (MXCSR, FPCR), else 0.
int ck_environment_is_canonical(void);

// Threads are made once and wait between jobs; 1 thread means the caller alone. One caller at a time.
// Every thread sets the canonical floating-point environment for itself, and so does the caller's entry.
typedef struct ck_context ck_context;
ck_context *ck_context_create(ck_isa isa, int threads);
void ck_context_destroy(ck_context *x);
ck_isa ck_context_isa(const ck_context *x);
int ck_context_threads(const ck_context *x);
// Runs job(arg, part, worker) for part in 0..<parts; parts are claimed in ascending order by free threads;
// worker is in 0..<threads. Returns when all are done. What a part computes never depends on its worker.
void ck_parallel(ck_context *x, long parts, void (*job)(void *arg, long part, int worker), void *arg);
// At least `bytes` of 64-byte aligned memory owned by `worker`, slot 0..3, contents undefined, valid until
// the next call with the same worker and slot. Huge pages where the system has them.
void *ck_scratch(ck_context *x, int worker, int slot, size_t bytes);

// 64-byte aligned zeroed memory in huge pages where possible; NULL if there is none.
void *ck_alloc(size_t bytes);
void ck_free(void *p, size_t bytes);
