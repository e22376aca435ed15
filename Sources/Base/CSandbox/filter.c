// A list of what is allowed: a new system call of a new kernel is denied until somebody writes it here.
#include "csandbox.h"

#include <errno.h>
#include <string.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <asm/ioctls.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static const uint32_t allowed[] = {
    // bytes
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_close, SYS_lseek, SYS_fcntl,
    SYS_dup, SYS_dup3, SYS_ppoll, SYS_pselect6, SYS_pipe2,
    // files that can be seen, of which there are few
    SYS_openat, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs, SYS_getdents64, SYS_readlinkat,
    SYS_faccessat, SYS_faccessat2, SYS_getcwd, SYS_chdir, SYS_fchdir, SYS_ftruncate, SYS_fsync, SYS_fdatasync,
    SYS_mkdirat, SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat, SYS_fchmod, SYS_fchmodat, SYS_umask,
    SYS_utimensat,
    // memory
    SYS_mmap, SYS_mprotect, SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk,
    // time
    SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_nanosleep, SYS_clock_nanosleep, SYS_getitimer,
    SYS_setitimer,
    // itself
    SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getresuid,
    SYS_getresgid, SYS_getgroups, SYS_getpgid, SYS_getsid, SYS_uname, SYS_sysinfo, SYS_getrusage, SYS_times,
    SYS_getpriority, SYS_sched_yield, SYS_sched_getaffinity, SYS_getcpu, SYS_getrandom, SYS_exit,
    SYS_exit_group, SYS_wait4, SYS_waitid,
    // what a C library needs
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigpending, SYS_rt_sigtimedwait,
    SYS_rt_sigsuspend, SYS_sigaltstack, SYS_restart_syscall, SYS_futex, SYS_set_tid_address,
    SYS_set_robust_list, SYS_get_robust_list, SYS_rseq, SYS_membarrier,
#ifdef __x86_64__
    SYS_arch_prctl, SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_getdents, SYS_poll,
    SYS_select, SYS_pipe, SYS_dup2, SYS_getpgrp, SYS_mkdir, SYS_rmdir, SYS_unlink, SYS_rename, SYS_renameat,
    SYS_link, SYS_symlink, SYS_chmod, SYS_time, SYS_getrlimit, SYS_alarm, SYS_pause,
#endif
};

// A new process may not bring a namespace, nor be traced or share memory without being a thread.
static const uint32_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER
    | CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE | CLONE_UNTRACED;

static const uint32_t deny = SECCOMP_RET_ERRNO | EPERM, absent = SECCOMP_RET_ERRNO | ENOSYS;

typedef struct {
    struct sock_filter items[400];
    size_t count;
} program;

static void put(program *p, uint16_t code, uint8_t yes, uint8_t no, uint32_t operand) {
    struct sock_filter item = {code, yes, no, operand};
    if (p->count < sizeof p->items / sizeof *p->items) p->items[p->count] = item;
    p->count++;
}

static void load(program *p, size_t offset) { put(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset); }
static void answer(program *p, uint32_t verdict) { put(p, BPF_RET | BPF_K, 0, 0, verdict); }

// The loaded number is `call`: that verdict.
static void rule(program *p, uint32_t call, uint32_t verdict) {
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call);
    answer(p, verdict);
}

// `call` is allowed if its argument, of which the low half counts, has none of these bits.
static void without_bits(program *p, uint32_t call, int argument, uint32_t bits) {
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, call);
    load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)argument);
    put(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
    answer(p, deny);
    answer(p, SECCOMP_RET_ALLOW);
}

// `call` is allowed if the low half of its argument is this value.
static void with_value(program *p, uint32_t call, int argument, uint32_t value) {
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, call);
    load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)argument);
    put(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value);
    answer(p, deny);
    answer(p, SECCOMP_RET_ALLOW);
}

int csandbox_filter(unsigned abilities, void *bytes, size_t capacity) {
    program p = {.count = 0};
    load(&p, offsetof(struct seccomp_data, arch));
    put(&p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
    answer(&p, SECCOMP_RET_KILL_PROCESS);
    load(&p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
    // The x32 numbers would be a second way to every call.
    put(&p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000);
    answer(&p, SECCOMP_RET_KILL_PROCESS);
#endif
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) rule(&p, allowed[i], SECCOMP_RET_ALLOW);
    // A C library falls back to the older call only when the newer one is said not to exist.
    rule(&p, SYS_clone3, absent);
    if (abilities & csandbox_may_fork) {
        without_bits(&p, SYS_clone, 0, namespaces);
#ifdef __x86_64__
        rule(&p, SYS_fork, SECCOMP_RET_ALLOW);
#endif
        // The one who forks also gives the stricter filter and the limits to what it forked.
        rule(&p, SYS_prctl, SECCOMP_RET_ALLOW);
    }
    if (abilities & csandbox_may_kill) {
        rule(&p, SYS_kill, SECCOMP_RET_ALLOW);
        rule(&p, SYS_tgkill, SECCOMP_RET_ALLOW);
    }
    if (abilities & csandbox_may_exec) rule(&p, SYS_execve, SECCOMP_RET_ALLOW);
    // Limits of oneself only. Each of these ends in an answer, whatever follows.
    with_value(&p, SYS_prlimit64, 0, 0);
    // Whether a descriptor is a terminal; anything that would do something to one is denied.
    with_value(&p, SYS_ioctl, 1, TCGETS);
    answer(&p, deny);
    size_t size = p.count * sizeof *p.items;
    if (p.count > sizeof p.items / sizeof *p.items || size > capacity) return -E2BIG;
    memcpy(bytes, p.items, size);
    return (int)size;
}

#else

int csandbox_filter(unsigned abilities, void *bytes, size_t capacity) {
    (void)abilities, (void)bytes, (void)capacity;
    return -ENOSYS;
}

#endif
