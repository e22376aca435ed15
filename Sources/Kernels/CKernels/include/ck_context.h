// Where kernels run: an instruction set, a fixed set of threads, and their scratch memory.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum ck_isa { CK_SCALAR = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_NEON = 3 } ck_isa;
typedef enum ck_dtype { CK_F32 = 0, CK_BF16 = 1 } ck_dtype;

// 1 if this machine and its system can run `isa`, else 0. CK_AVX2 means AVX2 and FMA; CK_AVX512 means
// also AVX-512 F, BW, DQ and VL.
int ck_isa_supported(ck_isa isa);
// The widest instruction set that this machine can run.
ck_isa ck_isa_best(void);
// 1 if the calling thread rounds to nearest-even and keeps subnormals (MXCSR, FPCR), else 0.
int ck_environment_is_canonical(void);

// Threads are made once and wait between jobs; 1 thread means the caller alone. One caller at a time.
// Every thread works in the canonical floating-point environment; the caller's own is put back after.
typedef struct ck_context ck_context;
enum { CK_THREADS_MAX = 256 };
// NULL if `isa` is not supported, `threads` is not in 1...CK_THREADS_MAX, or the system has no more threads.
ck_context *ck_context_create(ck_isa isa, int threads);
void ck_context_destroy(ck_context *x);
ck_isa ck_context_isa(const ck_context *x);
int ck_context_threads(const ck_context *x);
// Runs job(arg, part, worker) for part in 0..<parts; parts are claimed in ascending order by free threads;
// worker is in 0..<threads, the caller is worker 0. Returns when all are done. What a part computes never
// depends on its worker. A job starts no other job.
void ck_parallel(ck_context *x, long parts, void (*job)(void *arg, long part, int worker), void *arg);
// At least `bytes` of 64-byte aligned memory owned by `worker`, contents undefined, valid until the next
// call with the same worker and slot. Slots 0...3 are free to use; ck_matmul_run keeps its own, so an
// operator may call it while it holds scratch. Ends the process with a message when memory is out.
void *ck_scratch(ck_context *x, int worker, int slot, size_t bytes);

// 64-byte aligned zeroed memory, in huge pages where it is large and the system has them; NULL if there is
// none. `bytes` of ck_free are those of ck_alloc.
void *ck_alloc(size_t bytes);
void ck_free(void *p, size_t bytes);
