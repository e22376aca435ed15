// What the machine can do at most: how fast it reads memory, how fast it multiplies and adds.
// Jobs have the form that ck_parallel takes, so that they run on the threads of our kernels.
#pragma once

typedef struct ceiling {
    const void *memory;  // 64-byte aligned, read once by all parts together
    long bytes;          // a multiple of 64 * parts
    long fmas;           // fused multiply-adds of all parts together, counted by lane
    long parts;
} ceiling;

// `argument` is a ceiling; the part is one of `parts`.
void ceiling_read_job(void *argument, long part, int worker);
void ceiling_fma_job(void *argument, long part, int worker);
// 1 if this build has fused multiply-adds for this machine; if 0, ceiling_fma_job does nothing.
int ceiling_has_fma(void);
