// SPDX-License-Identifier: MIT
// Calls on descriptors, and those that make them.
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "fuzz.h"

static long do_read(void) {
    static const enum kind from[] = {REGULAR, REGULAR, READ_END, DEVICE, DIRECTORY};
    size_t bytes = size();
    return TRY(SYS_read, fd_of(ONE_OF(from)), buffer(bytes), bytes);
}

// Some versions of Linux make a file longer by a write from memory that is not there.
static char *source(size_t bytes) {
    return state->alone ? good(bytes) : buffer(bytes);
}

static long do_write(void) {
    static const enum kind to[] = {REGULAR, REGULAR, WRITE_END, DEVICE, DIRECTORY};
    int fd = fd_of(ONE_OF(to));
    size_t bytes = size();
    if (state->alone && kind_of(fd) == WRITE_END) { // when a pipe is full varies
        bytes %= 100;
    }
    return TRY(SYS_write, fd, source(bytes), bytes);
}

// The array of buffers, most of them right.
static struct iovec *vector(int *count) {
    static const int counts[] = {0, 1, 2, 3, 5, 8, 257, 1024, 1025, -1, INT_MAX};
    struct iovec *parts = (struct iovec *)good(8 * sizeof *parts);
    *count = chance(85) ? (int)below(6) : ONE_OF(counts);
    *count = state->alone && *count > 8 ? INT_MAX : *count; // what lies behind the eight varies
    for (int i = 0; i < 8; i++) {
        size_t bytes = chance(97) || state->alone ? below(600) : size();
        parts[i].iov_base = chance(95) ? good(bytes) : source(bytes);
        parts[i].iov_len = bytes;
    }
    return chance(95) ? parts : (struct iovec *)wild();
}

static long do_readv(void) {
    int count;
    struct iovec *parts = vector(&count);
    return TRY(SYS_readv, fd_of(chance(70) ? REGULAR : READ_END), parts, count);
}

static long do_writev(void) {
    int count;
    struct iovec *parts = vector(&count);
    return TRY(SYS_writev, fd_of(state->alone || chance(70) ? REGULAR : WRITE_END), parts, count);
}

static long do_pread(void) {
    size_t bytes = size();
    return TRY(SYS_pread64, fd_of(REGULAR), buffer(bytes), bytes, offset());
}

static long do_pwrite(void) {
    size_t bytes = size();
    return TRY(SYS_pwrite64, fd_of(REGULAR), source(bytes), bytes, offset());
}

static long do_lseek(void) {
    int fd = fd_of(chance(80) ? REGULAR : DIRECTORY);
    int whence = chance(95) ? (int)below(state->alone ? 3 : 5) : (int)random_bits(); // holes vary
    long to = offset();
    if (state->alone &&
        kind_of(fd) == DIRECTORY) { // where else entries are is the system's business
        to = whence = 0;
    }
    return TRY(SYS_lseek, fd, to, whence);
}

static long do_close(void) {
    int fd = chance(95) ? own_fd() : 1000 + (int)below(50);
    long result = TRY(SYS_close, fd);
    fd_closed(fd);
    return result;
}

// All the descriptors there can be.
static void use_up(void) {
    long last = TRY(SYS_dup, own_fd());
    for (long fd = last; fd >= 0; fd = TRY(SYS_dup, last)) {
        last = fd;
    }
    for (; last >= OWN_FDS; last--) {
        TRY(SYS_close, last);
    }
}

static long do_dup(void) {
    if (chance(2)) {
        use_up();
    }
    long fd = TRY(SYS_dup, any_fd());
    fd_opened(fd);
    return fd;
}

// Where dup2 puts a copy: never over the console.
static int wanted_fd(void) {
    static const int odd[] = {-1, 100, 1023, 1024, INT_MAX};
    return chance(90) ? own_fd() : ONE_OF(odd);
}

static long do_dup2(void) {
    long fd = TRY(SYS_dup2, any_fd(), wanted_fd());
    fd_opened(fd);
    return fd;
}

static long do_dup3(void) {
    long fd = TRY(SYS_dup3, any_fd(), wanted_fd(),
                  chance(80)   ? 0
                  : chance(70) ? O_CLOEXEC
                               : (int)random_bits());
    fd_opened(fd);
    return fd;
}

static long do_fcntl(void) {
    static const int commands[] = {F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC};
    static const long minimums[] = {0, 3, 10, 20, 1023, 1024, -1, INT_MAX, LONG_MAX};
    int command = chance(95) ? ONE_OF(commands) : (int)below(20) + 100;
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) {
        long fd = TRY(SYS_fcntl, any_fd(), command, ONE_OF(minimums));
        fd_opened(fd);
        return fd;
    }
    long argument = chance(50) ? O_NONBLOCK : (long)(random_bits() & (O_APPEND | O_NONBLOCK));
    if (command == F_SETFD) {
        argument = chance(80) ? FD_CLOEXEC * chance(60) : (long)random_bits();
    }
    return TRY(SYS_fcntl, any_fd(), command, argument);
}

static long do_fstat(void) {
    return TRY(SYS_fstat, any_fd(), buffer(144));
}

static long do_ftruncate(void) {
    return TRY(SYS_ftruncate, fd_of(REGULAR), offset());
}

static long do_fchmod(void) {
    int fd = any_fd();
    if (state->alone && kind_of(fd) == DEVICE) { // which may be the host's
        fd = -1;
    }
    return TRY(SYS_fchmod, fd, random_bits() & 07777);
}

static long do_fchown(void) {
    int fd = any_fd();
    if (state->alone && kind_of(fd) == DEVICE) {
        fd = -1;
    }
    return TRY(SYS_fchown, fd, owner(), owner());
}

static long do_fstatfs(void) {
    return TRY(SYS_fstatfs, any_fd(), buffer(120));
}

static long do_getdents(void) {
    size_t bytes = chance(70) ? 100 + below(2000) : size();
    int fd = fd_of(DIRECTORY);
    if (state->alone || chance(40)) { // where an entry added meanwhile goes varies
        TRY(SYS_lseek, fd, 0, 0);
    }
    return TRY(SYS_getdents64, fd, state->alone ? good(bytes) : buffer(bytes), bytes);
}

static long do_fchdir(void) {
    return TRY(SYS_fchdir, fd_of(DIRECTORY));
}

static void ends_opened(const char *ends, long result) {
    if (result == 0) {
        const int *fds = (const int *)ends;
        int second = fds[1]; // noting the first one may use the memory
        fd_opened(fds[0]);
        fd_opened(second);
    }
}

static long do_pipe(void) {
    char *ends = (char *)((uintptr_t)buffer(8) & ~7UL);
    long result = TRY(SYS_pipe, ends);
    ends_opened(ends, result);
    return result;
}

static long do_pipe2(void) {
    char *ends = (char *)((uintptr_t)buffer(8) & ~7UL);
    int flags = chance(90) ? O_NONBLOCK | (chance(20) ? O_CLOEXEC : 0) : (int)random_bits();
    long result = TRY(SYS_pipe2, ends, flags);
    ends_opened(ends, result);
    return result;
}

static long do_poll(void) {
    static const unsigned counts[] = {0, 1, 8, 1024, 1025, UINT_MAX};
    struct pollfd *entries = (struct pollfd *)good(8 * sizeof *entries);
    for (int i = 0; i < 8; i++) {
        entries[i] = (struct pollfd){any_fd(), (short)below(16), 0};
    }
    int timeout_ms = chance(60) || state->alone ? 0 : chance(90) ? (int)below(4) : -1;
    unsigned count = chance(90) || state->alone ? below(8) : ONE_OF(counts);
    if (count > 0 && chance(8)) {
        entries = (struct pollfd *)wild();
    }
    return TRY(SYS_poll, entries, count, timeout_ms);
}

// Of each set the first 64 descriptors: how many more Linux looks at depends on how many there have
// been.
static long do_pselect6(void) {
    static const int counts[] = {0, 65, 1024, INT_MAX, -1, INT_MIN};
    enum { SETS = 3, WORDS = 16 };
    unsigned long *sets = (unsigned long *)good((SETS * WORDS + 5) * sizeof *sets);
    unsigned long *timeout = sets + (ptrdiff_t)SETS * WORDS;
    unsigned long *mask = timeout + 2;
    memset(sets, 0, (SETS * WORDS + 5) * sizeof *sets);
    for (int i = 0; i < 3; i++) {
        int fd = fd_of((enum kind)below(KINDS));
        sets[below(SETS) * WORDS] |= fd >= 0 && fd < 64 ? 1UL << fd : 0;
    }
    timeout[1] = chance(60) || state->alone ? 0 : below(4000000);
    mask[0] = (unsigned long)(mask + 2);
    mask[1] = chance(90) ? sizeof *mask : size();
    mask[2] = random_bits() & ~(1UL << (WAKE_UP - 1));
    if (state->alone) {
        mask[2] = ~0UL;
    }
    int count = chance(90) || state->alone ? (int)below(65) : ONE_OF(counts);
    char *at[5];
    for (int i = 0; i < 5; i++) {
        char *usual = (char *)(i < SETS ? sets + (ptrdiff_t)i * WORDS : i == SETS ? timeout : mask);
        at[i] = chance(3) ? wild() : i != SETS && chance(20) ? NULL : usual;
    }
    return TRY(SYS_pselect6, count, at[0], at[1], at[2], at[3], at[4]);
}

static int open_flags(void) {
    int flags = (int)below(3) | (chance(2) ? 3 : 0);
    flags |= chance(50) ? O_CREAT : 0;
    flags |= chance(10) ? O_EXCL : 0;
    flags |= chance(10) ? O_TRUNC : 0;
    flags |= chance(15) ? O_APPEND : 0;
    flags |= chance(30) ? O_NONBLOCK : 0;
    flags |= chance(10) ? O_NOFOLLOW : 0;
    flags |= chance(10) ? O_CLOEXEC : 0;
    if (chance(2) && !state->alone) {
        flags |= (int)random_bits() & ~O_NOCTTY; // with those that are not supported
    }
    // Both together: Linux's versions differ.
    return (flags & O_CREAT) == 0 && chance(30) ? (flags & ~3) | O_DIRECTORY : flags;
}

// What a plain Linux has not. The terminal is never opened for writing: what is printed must stay
// readable.
static long open_special(void) {
    static const char *const terminals[] = {"/dev/tty", "/dev/console"};
    static const char *const paths[] = {"/proc",
                                        "/proc/self",
                                        "/proc/self/stat",
                                        "/proc/self/statm",
                                        "/proc/self/maps",
                                        "/proc/self/comm",
                                        "/proc/1",
                                        "/proc/1/status",
                                        "/proc/9999",
                                        "/proc/mounts",
                                        "/proc/meminfo",
                                        "/proc/uptime",
                                        "/proc/loadavg",
                                        "/proc/cpuinfo",
                                        "/proc/sys/kernel/pid_max"};
    const char *path_of_it = chance(50) ? ONE_OF(terminals) : ONE_OF(paths);
    return TRY(SYS_open, path_of_it, chance(70) ? O_NONBLOCK : 0);
}

static long do_open(void) {
    if (chance(10) && !state->alone) {
        long special = open_special();
        fd_opened(special);
        return special;
    }
    long fd = TRY(SYS_open, path(), open_flags(), 0600 | below(512));
    fd_opened(fd);
    return fd;
}

static long do_openat(void) {
    int start = start_fd();
    long fd = TRY(SYS_openat, start, path(), open_flags(), 0600 | below(512));
    fd_opened(fd);
    return fd;
}

static long do_creat(void) {
    long fd = TRY(SYS_creat, path_to(chance(50) ? S_IFREG : NOBODY), below(512));
    fd_opened(fd);
    return fd;
}

static long do_newfstatat(void) {
    static const int flags[] = {0, 0, 0x100, 0x800, 0x1000, 0x1100, 1, -1};
    int how = ONE_OF(flags);
    // Some versions of Linux do not look at flags they do not know, when there is no path.
    const char *what = chance(15) && (how >= 0 || !state->alone) ? "" : path();
    return TRY(SYS_newfstatat, start_fd(), what, buffer(144), how);
}

static long do_unlinkat(void) {
    static const int flags[] = {0, 0, 0, 0x200, 0x200, 1, -1};
    int how = ONE_OF(flags);
    return TRY(SYS_unlinkat, start_fd(), path_to(how == 0x200 ? S_IFDIR : S_IFREG), how);
}

const struct call file_calls[] = {
    {"read", do_read, 40, ALONE, NULL},
    {"write", do_write, 40, ALONE, NULL},
    {"readv", do_readv, 15, ALONE, NULL},
    {"writev", do_writev, 15, ALONE, NULL},
    {"pread64", do_pread, 15, ALONE, NULL},
    {"pwrite64", do_pwrite, 15, ALONE, NULL},
    {"lseek", do_lseek, 20, ALONE, NULL},
    {"close", do_close, 25, ALONE, NULL},
    {"dup", do_dup, 8, ALONE, NULL},
    {"dup2", do_dup2, 10, ALONE, NULL},
    {"dup3", do_dup3, 8, ALONE, NULL},
    {"fcntl", do_fcntl, 15, ALONE, NULL},
    {"fstat", do_fstat, 8, ALONE, NULL},
    {"ftruncate", do_ftruncate, 12, ALONE, NULL},
    {"fchmod", do_fchmod, 5, ALONE, NULL},
    {"fchown", do_fchown, 4, ALONE, NULL},
    {"fstatfs", do_fstatfs, 3, ALONE, NULL},
    {"getdents64", do_getdents, 12, ALONE | VAGUE, NULL},
    {"fchdir", do_fchdir, 4, ALONE, NULL},
    {"pipe", do_pipe, 4, ALONE, NULL},
    {"pipe2", do_pipe2, 10, ALONE, NULL},
    {"poll", do_poll, 12, ALONE, NULL},
    {"pselect6", do_pselect6, 12, ALONE, NULL},
    {"open", do_open, 40, ALONE, NULL},
    {"openat", do_openat, 15, ALONE, NULL},
    {"creat", do_creat, 8, ALONE, NULL},
    {"newfstatat", do_newfstatat, 10, ALONE, NULL},
    {"unlinkat", do_unlinkat, 12, ALONE, NULL},
    {0},
};
