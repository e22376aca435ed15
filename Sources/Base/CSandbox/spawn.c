// A child that inherits nothing but four descriptors. Between vfork and execve it shares our memory, so it
// makes system calls only: the C library's setuid would tell our threads, its allocator would take locks.
#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>

#ifdef __linux__
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Nobody, on every Linux.
static const long nobody = 65534;

int csandbox_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC)) return -errno;
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK)) return -errno;
    return 0;
}

int csandbox_memory(const void *bytes, size_t count) {
    int file = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -errno;
    size_t done = 0;
    while (done < count) {
        ssize_t written = pwrite(file, (const char *)bytes + done, count - done, (off_t)done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) goto failed;
        done += (size_t)written;
    }
    if (fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)) goto failed;
    return file;
failed:;
    int reason = errno ? errno : EIO;
    close(file);
    return -reason;
}

static int limit(int resource, uint64_t value) {
    struct rlimit both = {value, value};
    return syscall(SYS_prlimit64, 0, resource, &both, 0) != 0;
}

// Runs in the child; returns only when something failed.
static void become(
    const char *path, char *const arguments[], const int source[4], const csandbox_limits *limits, int drop
) {
    static char *const environment[] = {NULL};
    for (int target = 0; target < 4; target++) {
        if (source[target] >= 0 && syscall(SYS_dup3, source[target], target, 0) < 0) return;
    }
    unsigned first = source[3] >= 0 ? 4 : 3;
    // The descriptors of programs that we do not know of end here, too.
    if (syscall(SYS_close_range, first, ~0u, 0)) {
        for (int other = (int)first; other < 65536; other++) syscall(SYS_close, other);
    }
    if (limit(RLIMIT_CPU, limits->cpu_seconds) || limit(RLIMIT_AS, limits->address_space)
        || limit(RLIMIT_FSIZE, limits->file_bytes) || limit(RLIMIT_NOFILE, limits->open_files)
        || limit(RLIMIT_CORE, 0) || limit(RLIMIT_MEMLOCK, 0) || limit(RLIMIT_MSGQUEUE, 0))
        return;
    if (drop && syscall(SYS_geteuid) == 0) {
        if (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, nobody, nobody, nobody)
            || syscall(SYS_setresuid, nobody, nobody, nobody))
            return;
    }
    sigset_t none;
    sigemptyset(&none);
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < 32; number++) sigaction(number, &usual, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
}

int csandbox_spawn(
    const char *path, char *const arguments[], const csandbox_descriptors *descriptors,
    const csandbox_limits *limits, int drop
) {
    // Above the targets, so that no target is overwritten before it is copied.
    const int given[4] = {descriptors->input, descriptors->output, descriptors->error, descriptors->filter};
    int source[4] = {-1, -1, -1, -1};
    int reason = 0;
    for (int i = 0; i < 4 && !reason; i++) {
        if (given[i] < 0) continue;
        source[i] = fcntl(given[i], F_DUPFD_CLOEXEC, 16);
        if (source[i] < 0) reason = errno;
    }
    // No handler of ours may run in the child while it shares our memory.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    volatile int failure = reason;
    pid_t child = -1;
    if (!failure) {
        child = vfork();
        if (child == 0) {
            become(path, arguments, source, limits, drop);
            failure = errno ? errno : EPERM;
            syscall(SYS_exit, 127);
        }
        if (child < 0) failure = errno;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; i < 4; i++) {
        if (source[i] >= 0) close(source[i]);
    }
    if (failure && child > 0) waitpid(child, NULL, 0);
    return failure ? -failure : child;
}

int csandbox_wait(pid_t child, int *status, int64_t *cpu_microseconds) {
    struct rusage usage;
    while (wait4(child, status, 0, &usage) < 0) {
        if (errno != EINTR) return -errno;
    }
    *cpu_microseconds = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000
        + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    return 0;
}

int csandbox_ending(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }

#else

int csandbox_pipe(int ends[2]) { return (void)ends, -ENOSYS; }
int csandbox_memory(const void *bytes, size_t count) { return (void)bytes, (void)count, -ENOSYS; }
int csandbox_spawn(
    const char *path, char *const arguments[], const csandbox_descriptors *descriptors,
    const csandbox_limits *limits, int drop
) {
    return (void)path, (void)arguments, (void)descriptors, (void)limits, (void)drop, -ENOSYS;
}
int csandbox_wait(pid_t child, int *status, int64_t *cpu_microseconds) {
    return (void)child, (void)status, (void)cpu_microseconds, -ENOSYS;
}
int csandbox_ending(int status) { return (void)status, -ENOSYS; }

#endif
