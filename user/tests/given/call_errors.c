// SPDX-License-Identifier: MIT
// Every call that takes no path, with arguments that are wrong in themselves; then calls that have
// to wait, where they may not, or are cut short; and calls that need one descriptor too many.
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "call_table.h"

enum { A_FILE = 10, WRITE_ONLY, READ_ONLY, A_DIRECTORY, REMOVED, READ_END, WRITE_END, FULL, LAST };
enum { NOT_OPEN = 77, NO_PID = 99999, PAGE = 4096, BIG = 200000, SIGSET_BYTES = 8 };

#define ROOM ADDRESS(room)
#define MINE 0x200000000L // mapped by this program

static char room[PAGE];
static char big[BIG];
static char *big_words[] = {big, NULL};
static sigset_t no_signals;
static const struct timespec late = {1000, 0};
static const struct timespec wrong_time = {0, 1000000000};
static const struct itimerval wrong_timer = {{0, 0}, {0, 1000000}};
static const struct rlimit wrong_limit = {2, 1};
static const struct iovec part = {room, 8};
static const struct iovec wrong_part = {room, (size_t)-1};
static const unsigned long closed_set[] = {1UL << 60};
static int info[32] = {0, 0, -1}; // si_code: SI_QUEUE

static const struct call descriptors[] = {
    {"read", SYS_read, {NOT_OPEN, ROOM, 8}},
    {"write", SYS_write, {NOT_OPEN, ROOM, 8}},
    {"pread64", SYS_pread64, {NOT_OPEN, ROOM, 8, 0}},
    {"pwrite64", SYS_pwrite64, {NOT_OPEN, ROOM, 8, 0}},
    {"readv", SYS_readv, {NOT_OPEN, ADDRESS(&part), 1}},
    {"writev", SYS_writev, {NOT_OPEN, ADDRESS(&part), 1}},
    {"close", SYS_close, {NOT_OPEN}},
    {"fstat", SYS_fstat, {NOT_OPEN, ROOM}},
    {"fstatfs", SYS_fstatfs, {NOT_OPEN, ROOM}},
    {"lseek", SYS_lseek, {NOT_OPEN, 0, SEEK_SET}},
    {"mmap", SYS_mmap, {0, PAGE, PROT_READ, MAP_PRIVATE, NOT_OPEN, 0}},
    {"fchdir", SYS_fchdir, {NOT_OPEN}},
    {"fchmod", SYS_fchmod, {NOT_OPEN, 0644}},
    {"fchown", SYS_fchown, {NOT_OPEN, -1, -1}},
    {"ftruncate", SYS_ftruncate, {NOT_OPEN, 0}},
    {"getdents64", SYS_getdents64, {NOT_OPEN, ROOM, PAGE}},
    {"utimensat", SYS_utimensat, {NOT_OPEN, 0, 0, 0}},
    {"dup", SYS_dup, {NOT_OPEN}},
    {"dup2", SYS_dup2, {NOT_OPEN, 0}},
    {"dup3", SYS_dup3, {NOT_OPEN, 0, 0}},
    {"fcntl", SYS_fcntl, {NOT_OPEN, F_GETFL}},
    {"ioctl", SYS_ioctl, {NOT_OPEN, 0x5401, ROOM}},
    {"pselect6", SYS_pselect6, {64, ADDRESS(closed_set), 0, 0, 0, 0}},
    {"read what can be written", SYS_read, {WRITE_ONLY, ROOM, 8}},
    {"pread64 it", SYS_pread64, {WRITE_ONLY, ROOM, 8, 0}},
    {"readv it", SYS_readv, {WRITE_ONLY, ADDRESS(&part), 1}},
    {"write what can be read", SYS_write, {READ_ONLY, ROOM, 8}},
    {"pwrite64 it", SYS_pwrite64, {READ_ONLY, ROOM, 8, 0}},
    {"writev it", SYS_writev, {READ_ONLY, ADDRESS(&part), 1}},
    {"read a directory", SYS_read, {A_DIRECTORY, ROOM, 8}},
    {"pread64 it", SYS_pread64, {A_DIRECTORY, ROOM, 8, 0}},
    {"readv it", SYS_readv, {A_DIRECTORY, ADDRESS(&part), 1}},
    {"pread64 before the start", SYS_pread64, {A_FILE, ROOM, 8, -1}},
    {"pwrite64 before the start", SYS_pwrite64, {A_FILE, ROOM, 8, -1}},
    {"pread64 beyond all", SYS_pread64, {A_FILE, ROOM, 2, LONG_MAX - 1}},
    {"pread64 from a pipe", SYS_pread64, {READ_END, ROOM, 8, 0}},
    {"pwrite64 to a pipe", SYS_pwrite64, {WRITE_END, ROOM, 8, 0}},
    {"readv, too many parts", SYS_readv, {A_FILE, ROOM, 1025}},
    {"readv, a negative part", SYS_readv, {A_FILE, ADDRESS(&wrong_part), 1}},
    {"writev, too many parts", SYS_writev, {A_FILE, ROOM, 1025}},
    {"writev, a negative part", SYS_writev, {A_FILE, ADDRESS(&wrong_part), 1}},
    {"lseek by what", SYS_lseek, {A_FILE, 0, 9}},
    {"lseek before the start", SYS_lseek, {A_FILE, -1, SEEK_SET}},
    {"lseek of a pipe", SYS_lseek, {READ_END, 0, SEEK_SET}},
    {"lseek to data", SYS_lseek, {A_FILE, 100, SEEK_DATA}},
    {"lseek to a hole", SYS_lseek, {A_FILE, 100, SEEK_HOLE}},
    {"fchdir to a file", SYS_fchdir, {A_FILE}},
    {"ftruncate to less than nothing", SYS_ftruncate, {A_FILE, -1}},
    {"ftruncate what can be read", SYS_ftruncate, {READ_ONLY, 0}},
    {"ftruncate a pipe", SYS_ftruncate, {WRITE_END, 0}},
    {"getdents64 of a file", SYS_getdents64, {A_FILE, ROOM, PAGE}},
    {"getdents64, too little room", SYS_getdents64, {A_DIRECTORY, ROOM, 10}},
    {"getdents64 of what is gone", SYS_getdents64, {REMOVED, ROOM, PAGE}},
    {"utimensat, a flag", SYS_utimensat, {A_FILE, 0, 0, AT_SYMLINK_NOFOLLOW}},
    {"dup2 beyond all", SYS_dup2, {A_FILE, 10000000}},
    {"dup3 beyond all", SYS_dup3, {A_FILE, 10000000, 0}},
    {"dup3 to itself", SYS_dup3, {A_FILE, A_FILE, 0}},
    {"dup3, unknown flag", SYS_dup3, {A_FILE, 11, 1}},
    {"pipe2, unknown flag", SYS_pipe2, {ROOM, 1}},
    {"fcntl, unknown command", SYS_fcntl, {A_FILE, 9999, 0}},
    {"fcntl, F_DUPFD beyond all", SYS_fcntl, {A_FILE, F_DUPFD, 10000000}},
    {"ioctl of a file", SYS_ioctl, {A_FILE, 0x5401, ROOM}},
    {"poll of more than there can be", SYS_poll, {ROOM, 100000000, 0}},
    {"pselect6 of less than none", SYS_pselect6, {-1, 0, 0, 0, 0, 0}},
    {"pselect6, no time", SYS_pselect6, {0, 0, 0, 0, ADDRESS(&wrong_time), 0}},
};

static const struct call memory[] = {
    {"mmap nothing", SYS_mmap, {0, 0, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"mmap in no way", SYS_mmap, {0, PAGE, 0, MAP_ANONYMOUS, -1, 0}},
    {"mmap from within a page", SYS_mmap, {0, PAGE, PROT_READ, MAP_PRIVATE, A_FILE, 1}},
    {"mmap to within a page", SYS_mmap, {1, PAGE, 0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1}},
    {"mmap all there is", SYS_mmap, {0, LONG_MAX, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"mmap over it",
     SYS_mmap,
     {MINE, PAGE, 0, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0}},
    {"mmap beyond all offsets",
     SYS_mmap,
     {0, PAGE, PROT_READ, MAP_PRIVATE, A_FILE, (long)0xfffffffffffff000}},
    {"mmap what cannot be read", SYS_mmap, {0, PAGE, PROT_READ, MAP_PRIVATE, WRITE_ONLY, 0}},
    {"mmap to write", SYS_mmap, {0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, READ_ONLY, 0}},
    {"mmap a directory", SYS_mmap, {0, PAGE, PROT_READ, MAP_PRIVATE, A_DIRECTORY, 0}},
    {"mmap, unknown flag", SYS_mmap, {0, PAGE, PROT_READ, 3 | 1L << 26, A_FILE, 0}},
    {"munmap nothing", SYS_munmap, {MINE, 0}},
    {"munmap from within a page", SYS_munmap, {MINE + 1, PAGE}},
    {"mprotect from within a page", SYS_mprotect, {MINE + 1, PAGE, PROT_READ}},
    {"mprotect, unknown right", SYS_mprotect, {MINE, PAGE, 1 << 20}},
    {"mprotect a hole", SYS_mprotect, {MINE, 2L * PAGE, PROT_READ}},
    {"msync from within a page", SYS_msync, {MINE + 1, PAGE, MS_SYNC}},
    {"msync, contrary flags", SYS_msync, {MINE, PAGE, MS_SYNC | MS_ASYNC}},
    {"msync a hole", SYS_msync, {MINE, 2L * PAGE, MS_SYNC}},
    {"madvise from within a page", SYS_madvise, {MINE + 1, PAGE, MADV_NORMAL}},
    {"madvise, unknown advice", SYS_madvise, {MINE, PAGE, 99}},
    {"madvise about a hole", SYS_madvise, {MINE, 2L * PAGE, MADV_NORMAL}},
};

static const struct call processes[] = {
    {"kill nobody", SYS_kill, {NO_PID, 0}},
    {"kill by no signal", SYS_kill, {1, 65}},
    {"tkill nobody", SYS_tkill, {NO_PID, 0}},
    {"tkill less than somebody", SYS_tkill, {0, 0}},
    {"tgkill nobody", SYS_tgkill, {NO_PID, NO_PID, 0}},
    {"tgkill less than somebody", SYS_tgkill, {0, 0, 0}},
    {"rt_sigqueueinfo to nobody", SYS_rt_sigqueueinfo, {NO_PID, 0, ADDRESS(info)}},
    {"rt_sigqueueinfo, no signal", SYS_rt_sigqueueinfo, {1, 65, ADDRESS(info)}},
    {"rt_sigaction, no signal", SYS_rt_sigaction, {65, 0, 0, SIGSET_BYTES}},
    {"rt_sigaction, its size", SYS_rt_sigaction, {1, 0, 0, 4}},
    {"rt_sigprocmask, how", SYS_rt_sigprocmask, {9, ADDRESS(&no_signals), 0, SIGSET_BYTES}},
    {"rt_sigprocmask, its size", SYS_rt_sigprocmask, {0, 0, 0, 4}},
    {"rt_sigpending, its size", SYS_rt_sigpending, {ROOM, 16}},
    {"rt_sigsuspend, its size", SYS_rt_sigsuspend, {ROOM, 4}},
    {"rt_sigtimedwait, its size", SYS_rt_sigtimedwait, {ROOM, 0, 0, 4}},
    {"rt_sigtimedwait, no time",
     SYS_rt_sigtimedwait,
     {ADDRESS(&no_signals), 0, ADDRESS(&wrong_time), SIGSET_BYTES}},
    {"rt_sigtimedwait, nothing comes",
     SYS_rt_sigtimedwait,
     {ADDRESS(&no_signals), 0, ROOM, SIGSET_BYTES}},
    {"wait4 for nobody", SYS_wait4, {-1, 0, 0, 0}},
    {"wait4, unknown option", SYS_wait4, {-1, 0, 0x100, 0}},
    {"wait4 for the least number", SYS_wait4, {INT_MIN, 0, 0, 0}},
    {"waitid for nobody", SYS_waitid, {P_ALL, 0, 0, WEXITED, 0}},
    {"waitid for nothing", SYS_waitid, {P_ALL, 0, 0, 0, 0}},
    {"waitid for no kind", SYS_waitid, {99, 0, 0, WEXITED, 0}},
    {"clone, handlers alone", SYS_clone, {SIGCHLD | 0x800, 0, 0, 0, 0}},
    {"setpgid below 0", SYS_setpgid, {0, -1}},
    {"setpgid of nobody", SYS_setpgid, {NO_PID, 0}},
    {"setpgid of a leader", SYS_setpgid, {0, NO_PID}},
    {"setsid of a leader", SYS_setsid, {0}},
    {"getpgid of nobody", SYS_getpgid, {NO_PID}},
    {"getsid of nobody", SYS_getsid, {NO_PID}},
    {"setuid", SYS_setuid, {-1}},
    {"setgid", SYS_setgid, {-1}},
    {"getgroups, less than no room", SYS_getgroups, {-1, ROOM}},
    {"getrlimit of nothing", SYS_getrlimit, {99, ROOM}},
    {"setrlimit, the wrong way round", SYS_setrlimit, {RLIMIT_NOFILE, ADDRESS(&wrong_limit)}},
    {"prlimit64 of nothing", SYS_prlimit64, {0, 99, 0, ROOM}},
    {"prlimit64 of nobody", SYS_prlimit64, {NO_PID, RLIMIT_NOFILE, 0, ROOM}},
    {"getrusage of what", SYS_getrusage, {99, ROOM}},
    {"sched_getaffinity of nobody", SYS_sched_getaffinity, {NO_PID, 1024, ROOM}},
    {"sched_getaffinity, no room", SYS_sched_getaffinity, {0, 7, ROOM}},
    {"clock_gettime", SYS_clock_gettime, {99, ROOM}},
    {"clock_getres", SYS_clock_getres, {99, ROOM}},
    {"nanosleep", SYS_nanosleep, {ADDRESS(&wrong_time), 0}},
    {"clock_nanosleep by what", SYS_clock_nanosleep, {99, 0, ADDRESS(&late), 0}},
    {"clock_nanosleep", SYS_clock_nanosleep, {CLOCK_MONOTONIC, 0, ADDRESS(&wrong_time), 0}},
    {"getitimer", SYS_getitimer, {9, ROOM}},
    {"setitimer of what", SYS_setitimer, {9, 0, 0}},
    {"setitimer", SYS_setitimer, {ITIMER_REAL, ADDRESS(&wrong_timer), 0}},
    {"prctl", SYS_prctl, {99999, 0}},
    {"arch_prctl", SYS_arch_prctl, {99999, 0}},
    {"arch_prctl into the kernel", SYS_arch_prctl, {0x1002, LONG_MIN}},
    {"set_robust_list, its size", SYS_set_robust_list, {0, 1}},
    {"getrandom, unknown flag", SYS_getrandom, {ROOM, 8, 99}},
    {"execve, a long string", SYS_execve, {ADDRESS("text"), ADDRESS(big_words), 0}},
    {"execveat, a long string", SYS_execveat, {HERE, ADDRESS("text"), ADDRESS(big_words), 0, 0}},
};

// The pipe at READ_END is empty; the one at FULL is full. Neither wants to wait.
static const struct call at_once[] = {
    {"read", SYS_read, {READ_END, ROOM, 8}},
    {"readv", SYS_readv, {READ_END, ADDRESS(&part), 1}},
    {"write", SYS_write, {FULL, ROOM, 8}},
    {"writev", SYS_writev, {FULL, ADDRESS(&part), 1}},
};

// There is a child that does not end.
static const struct call waits[] = {
    {"read", SYS_read, {READ_END, ROOM, 8}},
    {"readv", SYS_readv, {READ_END, ADDRESS(&part), 1}},
    {"write", SYS_write, {FULL, ROOM, 8}},
    {"writev", SYS_writev, {FULL, ADDRESS(&part), 1}},
    {"poll", SYS_poll, {0, 0, -1}},
    {"pselect6", SYS_pselect6, {0, 0, 0, 0, 0, 0}},
    {"pause", SYS_pause, {0}},
    {"nanosleep", SYS_nanosleep, {ADDRESS(&late), 0}},
    {"clock_nanosleep", SYS_clock_nanosleep, {CLOCK_MONOTONIC, 0, ADDRESS(&late), 0}},
    {"rt_sigsuspend", SYS_rt_sigsuspend, {ADDRESS(&no_signals), SIGSET_BYTES}},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait, {ADDRESS(&no_signals), 0, 0, SIGSET_BYTES}},
    {"wait4", SYS_wait4, {-1, 0, 0, 0}},
    {"waitid", SYS_waitid, {P_ALL, 0, 0, WEXITED, 0}},
};

static const struct call last_descriptor[] = {
    {"open", SYS_open, {ADDRESS("text"), O_RDONLY}},
    {"openat", SYS_openat, {HERE, ADDRESS("text"), O_RDONLY}},
    {"creat", SYS_creat, {ADDRESS("text"), 0644}},
    {"dup", SYS_dup, {A_FILE}},
    {"pipe", SYS_pipe, {ROOM}},
    {"pipe2", SYS_pipe2, {ROOM, 0}},
    {"fcntl", SYS_fcntl, {A_FILE, F_DUPFD, 0}},
};

static void nobody_comes(int signal) {
    (void)signal;
}

static void set_blocking(bool blocking) {
    fcntl(READ_END, F_SETFL, blocking ? 0 : O_NONBLOCK);
    fcntl(FULL, F_SETFL, blocking ? 0 : O_NONBLOCK);
}

static void prepare(int full[2]) {
    int ends[2];
    mkdir("call_errors", 0777);
    chdir("call_errors");
    mkdir("removed", 0777);
    keep(open("file", O_RDWR | O_CREAT, 0644), A_FILE);
    keep(open("file", O_WRONLY), WRITE_ONLY);
    keep(open("file", O_RDONLY), READ_ONLY);
    keep(open(".", O_RDONLY | O_DIRECTORY), A_DIRECTORY);
    keep(open("removed", O_RDONLY | O_DIRECTORY), REMOVED);
    rmdir("removed");
    close(open("text", O_WRONLY | O_CREAT, 0755));
    pipe(ends);
    keep(ends[0], READ_END);
    keep(ends[1], WRITE_END);
    pipe(full);
    keep(full[1], FULL);
    (void)mmap((void *)MINE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
               -1, 0);
    memset(big, 'b', BIG - 1);
}

// Signals go on coming: the first may come before a call has begun.
static void be_disturbed(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = nobody_comes;
    sigaction(SIGALRM, &action, NULL);
    pid_t child = fork();
    if (child == 0) {
        for (;;) {
            pause();
        }
    }
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 2000}, {0, 2000}}, NULL);
    try_all("cut short", waits, sizeof waits);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

int main(void) {
    int full[2];
    signal(SIGPIPE, SIG_IGN);
    prepare(full);
    setsid(); // or it leads a session already
    try_all("descriptors", descriptors, sizeof descriptors);
    try_all("memory", memory, sizeof memory);
    try_all("processes", processes, sizeof processes);
    set_blocking(false);
    while (write(FULL, room, sizeof room) > 0) {
    }
    try_all("without waiting", at_once, sizeof at_once);
    set_blocking(true);
    be_disturbed();
    close(full[0]);
    close(READ_END);
    result("write to nobody", write(FULL, room, 8));
    result("writev to nobody", writev(FULL, &part, 1));
    struct rlimit limit = {LAST, 1024};
    while (dup(A_FILE) >= 0 && limit.rlim_cur > 0) {
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    try_all("no descriptor is free", last_descriptor, sizeof last_descriptor);
    return 0;
}
