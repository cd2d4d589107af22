// SPDX-License-Identifier: MIT
// Calls about users and groups, about what processes use and may use; and calls that only libraries
// make.
#include <limits.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "fuzz.h"

enum { FDS_MAX = 1024 };
#define KEEP UINT_MAX

// ---- Users and groups ------------------------------------------------------------------------

// A child becomes somebody for ever, and goes on.
static void be_somebody(void) {
    unsigned group = below(3);
    TRY(SYS_setgroups, below(3), good(12));
    TRY(SYS_setgid, group);
    TRY(SYS_setuid, 1 + below(3));
    go_on(self);
}

static long one_id(long call) {
    if (chance(10)) {
        return fork_by(SYS_fork, 0, 0, be_somebody);
    }
    return TRY(call, chance(90) ? 0 : KEEP);
}

static long do_setuid(void) {
    return one_id(SYS_setuid);
}

static long do_setgid(void) {
    return one_id(SYS_setgid);
}

// The superuser's real and saved ids stay, so that what it has been comes back.
static long three_ids(long call) {
    long result = TRY(call, KEEP, chance(70) ? owner() : 0, chance(80) ? KEEP : 0);
    TRY(call, KEEP, 0, KEEP);
    return result;
}

static long do_setresuid(void) {
    return three_ids(SYS_setresuid);
}

static long do_setresgid(void) {
    return three_ids(SYS_setresgid);
}

static long do_getresuid(void) {
    char *first = buffer(4);
    char *second = chance(80) ? good(4) : buffer(4);
    return TRY(SYS_getresuid, first, second, good(4));
}

static long do_getresgid(void) {
    char *last = buffer(4);
    return TRY(SYS_getresgid, good(4), good(4), last);
}

static long do_getgroups(void) {
    static const int rooms[] = {0, 1, 32, 100, -1, INT_MAX};
    return TRY(SYS_getgroups, ONE_OF(rooms), buffer(128));
}

static long do_setgroups(void) {
    static const int counts[] = {0, 1, 32, 70000, -1, INT_MAX};
    return TRY(SYS_setgroups, chance(70) ? (int)below(5) : ONE_OF(counts), buffer(128));
}

// ---- What is used, and may be ----------------------------------------------------------------

static int resource(void) {
    static const int odd[] = {16, -1, INT_MAX, INT_MIN};
    return chance(85) ? (int)below(16) : ONE_OF(odd);
}

static unsigned long *limit(void) {
    unsigned long *memory = (unsigned long *)((uintptr_t)good(16) & ~7UL);
    memory[0] = chance(80) ? below(100) : random_bits();
    memory[1] = chance(80) ? FDS_MAX : random_bits();
    return chance(93) ? memory : (unsigned long *)wild();
}

static void many_descriptors(void) {
    unsigned long *memory = (unsigned long *)((uintptr_t)good(16) & ~7UL);
    memory[0] = memory[1] = FDS_MAX;
    TRY(SYS_setrlimit, RLIMIT_NOFILE, memory);
}

static long do_getrlimit(void) {
    return TRY(SYS_getrlimit, resource(), buffer(16));
}

static long do_setrlimit(void) {
    long result = TRY(SYS_setrlimit, chance(70) ? RLIMIT_NOFILE : resource(), limit());
    if (result == 0) {
        fd_opened(TRY(SYS_dup, any_fd()));
    }
    many_descriptors();
    return result;
}

static long do_prlimit(void) {
    int pid = chance(70) ? 0 : chance(70) ? some_child() : (int)random_bits();
    unsigned long *new = chance(40) ? limit() : NULL;
    long result = TRY(SYS_prlimit64, pid, chance(50) ? RLIMIT_NOFILE : resource(), new,
                      chance(50) ? buffer(16) : NULL);
    many_descriptors();
    return result;
}

static long do_getrusage(void) {
    return TRY(SYS_getrusage, chance(90) ? (int)below(3) - 1 : (int)random_bits(), buffer(144));
}

static long do_sched_getaffinity(void) {
    static const int sizes[] = {8, 16, 1024, 1024, 0, 7, -1};
    int bytes = ONE_OF(sizes);
    int pid = chance(80) ? 0 : chance(80) ? some_child() : (int)random_bits();
    return TRY(SYS_sched_getaffinity, pid, bytes, buffer(8));
}

// ---- For libraries ---------------------------------------------------------------------------

static long do_getrandom(void) {
    size_t bytes = size();
    return TRY(SYS_getrandom, buffer(bytes), bytes, chance(90) ? below(4) : random_bits());
}

static long do_set_robust_list(void) {
    return TRY(SYS_set_robust_list, chance(50) ? good(24) : wild(), chance(70) ? 24 : size());
}

static long do_rseq(void) {
    return TRY(SYS_rseq, buffer(32), 32, 0, random_bits());
}

static long do_clone3(void) {
    return TRY(SYS_clone3, buffer(88), chance(90) ? 88 : size());
}

static long do_statx(void) {
    return TRY(SYS_statx, start_fd(), path(), 0, 0x7ff, buffer(256));
}

static long do_renameat2(void) {
    return TRY(SYS_renameat2, start_fd(), scratch_path(), start_fd(), scratch_path(), below(4));
}

static long do_fchmodat2(void) {
    return TRY(SYS_fchmodat2, start_fd(), scratch_path(), 0644, 0x100);
}

const struct call id_calls[] = {
    {"setuid", do_setuid, 2, 0, NULL},
    {"setgid", do_setgid, 2, 0, NULL},
    {"setresuid", do_setresuid, 4, 0, NULL},
    {"setresgid", do_setresgid, 4, 0, NULL},
    {"getresuid", do_getresuid, 2, ALONE, NULL},
    {"getresgid", do_getresgid, 2, ALONE, NULL},
    {"getgroups", do_getgroups, 3, 0, NULL},
    {"setgroups", do_setgroups, 3, 0, NULL},
    {"getrlimit", do_getrlimit, 3, ALONE, NULL},
    {"setrlimit", do_setrlimit, 4, 0, NULL},
    {"prlimit64", do_prlimit, 5, 0, NULL},
    {"getrusage", do_getrusage, 4, ALONE, NULL},
    {"sched_getaffinity", do_sched_getaffinity, 3, 0, NULL},
    {"getrandom", do_getrandom, 4, 0, NULL},
    {"set_robust_list", do_set_robust_list, 3, 0, NULL},
    {"rseq", do_rseq, 1, 0, "not there"},
    {"clone3", do_clone3, 1, 0, "not there"},
    {"statx", do_statx, 1, 0, "not there"},
    {"renameat2", do_renameat2, 1, 0, "not there"},
    {"fchmodat2", do_fchmodat2, 1, 0, "not there"},
    {0},
};
