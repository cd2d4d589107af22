// SPDX-License-Identifier: MIT
// The calls that file_memory.c leaves out, with the first allocation of the kernel failing, then
// the second, and so on until none fails: ENOMEM every time, and nothing is lost. For Tine alone:
// Linux has no such switch.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#include "errors.h"

// Below AGAIN, descriptors are in use: a new one needs memory of its own.
enum { A_FILE = 10, AN_OLD_FILE, A_PROCESS, AGAIN = 32, PAGE = 4096 };

#define HERE ((long)AT_FDCWD)
#define STRING(text) ((long)(text))
#define ROOM STRING(room)
#define REGION 0x200000000L

struct call {
    const char *what;
    long number;
    long arguments[5];
};

static char room[PAGE];
static char *words[] = {NULL, NULL};
static const struct iovec part = {room, 8};
static gid_t group;

// `f` is a file, `l` a link to it, `d` a directory; others are made here and removed again.
static const struct call calls[] = {
    {"openat", SYS_openat, {HERE, STRING("f"), O_RDONLY}},
    {"creat", SYS_creat, {STRING("new"), 0644}},
    {"stat", SYS_stat, {STRING("f"), ROOM}},
    {"lstat", SYS_lstat, {STRING("f"), ROOM}},
    {"newfstatat", SYS_newfstatat, {HERE, STRING("f"), ROOM, 0}},
    {"access", SYS_access, {STRING("f"), F_OK}},
    {"faccessat", SYS_faccessat, {HERE, STRING("f"), F_OK}},
    {"faccessat2", SYS_faccessat2, {HERE, STRING("f"), F_OK, 0}},
    {"truncate", SYS_truncate, {STRING("f"), 0}},
    {"mkdirat", SYS_mkdirat, {HERE, STRING("dir"), 0777}},
    {"unlinkat", SYS_unlinkat, {HERE, STRING("dir"), AT_REMOVEDIR}},
    {"linkat", SYS_linkat, {HERE, STRING("f"), HERE, STRING("hard"), 0}},
    {"renameat", SYS_renameat, {HERE, STRING("hard"), HERE, STRING("renamed")}},
    {"symlinkat", SYS_symlinkat, {STRING("f"), HERE, STRING("soft")}},
    {"readlink", SYS_readlink, {STRING("l"), ROOM, 100}},
    {"readlinkat", SYS_readlinkat, {HERE, STRING("l"), ROOM, 100}},
    {"chmod", SYS_chmod, {STRING("f"), 0644}},
    {"fchmodat", SYS_fchmodat, {HERE, STRING("f"), 0644}},
    {"chown", SYS_chown, {STRING("f"), -1, -1}},
    {"lchown", SYS_lchown, {STRING("f"), -1, -1}},
    {"fchownat", SYS_fchownat, {HERE, STRING("f"), -1, -1, 0}},
    {"utimensat", SYS_utimensat, {HERE, STRING("f"), 0, 0}},
    {"statfs", SYS_statfs, {STRING("f"), ROOM}},
    {"read", SYS_read, {AN_OLD_FILE, ROOM, 8}},
    {"pread64", SYS_pread64, {AN_OLD_FILE, ROOM, 8, PAGE}},
    {"readv", SYS_readv, {AN_OLD_FILE, (long)&part, 1}},
    {"getdents64", SYS_getdents64, {A_PROCESS, ROOM, PAGE}},
    {"dup3", SYS_dup3, {A_FILE, 900, 0}},
    {"fcntl", SYS_fcntl, {A_FILE, F_DUPFD, 800}},
    {"munmap the middle", SYS_munmap, {REGION + PAGE, PAGE}},
    {"mprotect the middle", SYS_mprotect, {REGION + 4L * PAGE, PAGE, PROT_NONE}},
    {"setuid", SYS_setuid, {0}},
    {"setgid", SYS_setgid, {0}},
    {"setresuid", SYS_setresuid, {0, 0, 0}},
    {"setresgid", SYS_setresgid, {0, 0, 0}},
    {"setgroups", SYS_setgroups, {1, (long)&group}},
    {"execve", SYS_execve, {STRING("text"), (long)words, 0}},
    {"execveat", SYS_execveat, {HERE, STRING("text"), (long)words, 0, 0}},
    {"fork", SYS_fork, {0}},
    {"vfork", SYS_vfork, {0}},
    {"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}},
};

// These get a descriptor from AGAIN on.
static const struct call new_descriptors[] = {
    {"dup", SYS_dup, {A_FILE}},
    {"pipe2", SYS_pipe2, {ROOM, 0}},
};

static void complain(const struct call *call, int n, const char *what) {
    printf("%s, failure %d: %s\n", call->what, n, what);
}

// Returns whether the nth failure has happened. A parent copies a page when it goes on: that is not
// to fail.
static int try_nth(const struct call *call, int n) {
    const long *a = call->arguments;
    int forks = call->number == SYS_fork || call->number == SYS_vfork || call->number == SYS_clone;
    probe_fail(forks ? INJECT_HEAP : INJECT_ANY, n);
    long value = syscall(call->number, a[0], a[1], a[2], a[3], a[4]);
    int error = errno;
    if (value == 0 &&
        (call->number == SYS_fork || call->number == SYS_vfork || call->number == SYS_clone)) {
        _exit(0);
    }
    int failed = probe_fail(INJECT_NONE, 0) == 0;
    if (failed ? value >= 0 || error != ENOMEM : value < 0 && error != ENOEXEC) {
        complain(call, n, value >= 0 ? "ok" : error_name(error));
    }
    while (wait(NULL) > 0) {
    }
    if (probe_audit() != 0) {
        complain(call, n, "the audit found something");
    }
    return failed;
}

static void try_all(const struct call *table, size_t bytes) {
    for (const struct call *call = table; call < table + bytes / sizeof *table; call++) {
        int n = 1;
        while (try_nth(call, n)) {
            n++;
        }
        printf("%s: %s\n", call->what, n > 1 ? "ENOMEM" : "nothing to fail");
    }
}

static void keep(int fd, int as) {
    dup2(fd, as);
    close(fd);
}

int main(void) {
    memset(room, 1, sizeof room); // its own frames are not what shall fail
    words[0] = room + PAGE - 2;
    room[PAGE - 1] = '\0';
    keep(open("f", O_RDWR | O_CREAT, 0644), A_FILE);
    keep(open("/init", O_RDONLY), AN_OLD_FILE);
    keep(open("/proc/1", O_RDONLY | O_DIRECTORY), A_PROCESS);
    symlink("f", "l");
    int fd = open("text", O_WRONLY | O_CREAT, 0755);
    write(fd, "no program", 10);
    close(fd);
    (void)mmap((void *)REGION, 8 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    try_all(calls, sizeof calls);
    while (dup(A_FILE) != AGAIN - 1) {
    }
    try_all(new_descriptors, sizeof new_descriptors);
    return 0;
}
