// SPDX-License-Identifier: MIT
// What Linux does and Tine refuses to do; grade/stricter.txt has what each of them answers.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

enum { A_FILE = 10, READ_END, PAGE = 4096 };

// Linux's numbers, which Tine's headers do not have.
enum {
    PATH_ONLY = 010000000,
    DIRECT = 040000,
    GETLK = 5,
    GETOWN = 9,
    GETPIPE_SZ = 1032,
    VIRTUAL = 1,
    TAI = 11,
    DONTFORK = 10,
    SET_PDEATHSIG = 1,
    SET_GS = 0x1001,
    NONBLOCKING = 0x5421,
    READABLE = 0x541b,
    WITH_FS = 0x200,
};

#define ADDRESS(object) ((long)(object))
#define ROOM ADDRESS(room)

static char room[PAGE];
static short lock[16] = {1}; // a struct flock: F_WRLCK, all of the file
static int zero;
static const struct itimerval off;
static const struct timespec soon = {0, 1000};

static const struct call {
    const char *what;
    long number;
    long arguments[5];
} calls[] = {
    {"open, O_PATH", SYS_open, {ADDRESS("file"), PATH_ONLY}},
    {"openat, O_PATH", SYS_openat, {AT_FDCWD, ADDRESS("file"), PATH_ONLY}},
    {"pipe2, O_DIRECT", SYS_pipe2, {ROOM, DIRECT}},
    {"fcntl, F_GETLK", SYS_fcntl, {A_FILE, GETLK, ADDRESS(lock)}},
    {"fcntl, F_GETOWN", SYS_fcntl, {A_FILE, GETOWN, 0}},
    {"fcntl, F_GETPIPE_SZ", SYS_fcntl, {READ_END, GETPIPE_SZ, 0}},
    {"ioctl, FIONBIO", SYS_ioctl, {A_FILE, NONBLOCKING, ADDRESS(&zero)}},
    {"ioctl, FIONREAD of a pipe", SYS_ioctl, {READ_END, READABLE, ROOM}},
    {"setitimer, ITIMER_VIRTUAL", SYS_setitimer, {VIRTUAL, ADDRESS(&off), 0}},
    {"getitimer, ITIMER_VIRTUAL", SYS_getitimer, {VIRTUAL, ROOM}},
    {"clock_gettime, CLOCK_TAI", SYS_clock_gettime, {TAI, ROOM}},
    {"clock_getres, CLOCK_TAI", SYS_clock_getres, {TAI, ROOM}},
    {"clock_nanosleep, CLOCK_TAI", SYS_clock_nanosleep, {TAI, 0, ADDRESS(&soon), 0}},
    {"madvise, MADV_DONTFORK", SYS_madvise, {0x200000000, PAGE, DONTFORK}},
    {"prctl, PR_SET_PDEATHSIG", SYS_prctl, {SET_PDEATHSIG, 0, 0, 0, 0}},
    {"arch_prctl, ARCH_SET_GS", SYS_arch_prctl, {SET_GS, 0}},
    {"clone(CLONE_FS)", SYS_clone, {SIGCHLD | WITH_FS, 0, 0, 0, 0}},
};

static long do_call(const struct call *call) {
    const long *a = call->arguments;
    long value = syscall(call->number, a[0], a[1], a[2], a[3], a[4]);
    if (call->number == SYS_clone && value == 0) {
        _exit(0); // the child
    }
    return value;
}

int main(void) {
    int ends[2];
    dup2(open("file", O_RDWR | O_CREAT, 0644), A_FILE);
    pipe(ends);
    dup2(ends[0], READ_END);
    (void)mmap((void *)0x200000000, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
               0);
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        result(calls[i].what, do_call(&calls[i]));
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}
