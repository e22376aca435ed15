// What a sandbox needs of Linux that Swift cannot say: a filter of system calls, and a child with limits
// and few descriptors. Every function returns 0 or more for success and a negative errno otherwise; on
// systems other than Linux all return -ENOSYS.
#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What a filter lets a process do beyond computing and reading the files it can see.
enum {
    csandbox_may_fork = 1,  // create processes (never namespaces)
    csandbox_may_kill = 2,  // send signals to other processes
    csandbox_may_exec = 4,  // run another program
};

// Limits of the child and of each process it makes; 0 of file_bytes forbids writing to files.
typedef struct {
    uint64_t cpu_seconds;
    uint64_t address_space;
    uint64_t file_bytes;
    uint64_t open_files;
} csandbox_limits;

// Descriptors of the child: 0, 1, 2, and the filter's, which becomes 3 (or -1 for none).
typedef struct {
    int input;
    int output;
    int error;
    int filter;
} csandbox_descriptors;

// Writes the filter program (struct sock_filter items) and returns its byte count.
int csandbox_filter(unsigned abilities, void *bytes, size_t capacity);

// Two ends of a pipe that programs do not inherit; the reading end, ends[0], never blocks.
int csandbox_pipe(int ends[2]);

// A descriptor to read `count` bytes from, which nobody can change.
int csandbox_memory(const void *bytes, size_t count);

// Starts `path` with nothing of ours but these descriptors and an empty environment, and returns its pid.
// With `drop`, a root process gives its rights away first.
int csandbox_spawn(
    const char *path, char *const arguments[], const csandbox_descriptors *descriptors,
    const csandbox_limits *limits, int drop);

// Waits for a child; its raw status, its processor time in microseconds.
int csandbox_wait(pid_t child, int *status, int64_t *cpu_microseconds);

// The raw status as an exit code (0 or more) or a signal (below 0).
int csandbox_ending(int status);

#endif
