// SPDX-License-Identifier: MIT
// For Tine alone: errors that come from limits of its own, from /proc, which nobody can change, or
// from what it has not; on Linux they come elsewhere, if at all.
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#include "call_table.h"

enum { AT_THE_END = 10, APPENDING, LAST_PAGES, OF_PROC, MIB = 1 << 20, MEMORY_MIB = 64 };

#define ROOM ADDRESS(room)
#define PART ADDRESS(&part)
#define STAT ADDRESS("/proc/self/stat")

static char room[MIB];
static const struct iovec part = {room, 8};
static const struct timespec times[2];
static const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

// No transfer ends beyond the largest offset, and no file is longer.
static const struct call sizes[] = {
    {"read", SYS_read, {AT_THE_END, ROOM, 8}},
    {"readv", SYS_readv, {AT_THE_END, PART, 1}},
    {"write", SYS_write, {AT_THE_END, ROOM, 8}},
    {"writev", SYS_writev, {AT_THE_END, PART, 1}},
    {"write at the end", SYS_write, {APPENDING, ROOM, 8}},
    {"writev at the end", SYS_writev, {APPENDING, PART, 1}},
    {"pwrite64 at the end", SYS_pwrite64, {APPENDING, ROOM, 8, 0}},
};

static const struct call in_proc[] = {
    {"open", SYS_open, {STAT, O_WRONLY}},
    {"openat", SYS_openat, {HERE, STAT, O_RDWR}},
    {"creat", SYS_creat, {STAT, 0644}},
    {"access", SYS_access, {STAT, W_OK}},
    {"faccessat", SYS_faccessat, {HERE, STAT, W_OK}},
    {"faccessat2", SYS_faccessat2, {HERE, STAT, W_OK, 0}},
    {"truncate", SYS_truncate, {STAT, 0}},
    {"rmdir", SYS_rmdir, {ADDRESS("/proc/sys")}},
    {"unlink", SYS_unlink, {STAT}},
    {"unlinkat", SYS_unlinkat, {HERE, STAT, 0}},
    {"rename", SYS_rename, {STAT, ADDRESS("x")}},
    {"renameat", SYS_renameat, {HERE, STAT, HERE, ADDRESS("x")}},
    {"chmod", SYS_chmod, {STAT, 0644}},
    {"fchmod", SYS_fchmod, {OF_PROC, 0644}},
    {"fchmodat", SYS_fchmodat, {HERE, STAT, 0644}},
    {"chown", SYS_chown, {STAT, 0, 0}},
    {"lchown", SYS_lchown, {STAT, 0, 0}},
    {"fchown", SYS_fchown, {OF_PROC, 0, 0}},
    {"fchownat", SYS_fchownat, {HERE, STAT, 0, 0, 0}},
    {"utimensat", SYS_utimensat, {HERE, STAT, ADDRESS(times), 0}},
};

static const struct call not_there[] = {
    {"open: no name", SYS_open, {ADDRESS("."), O_TMPFILE | O_RDWR, 0644}},
    {"openat: no name", SYS_openat, {HERE, ADDRESS("."), O_TMPFILE | O_RDWR, 0644}},
    {"probe, unknown operation", 0x1000, {99, 0, 0}},
    {"probe of what is not mapped", 0x1000, {PROBE_FRAME_OF, 0, 0}},
    {"setrlimit", SYS_setrlimit, {RLIMIT_STACK, ADDRESS(&unlimited)}},
    {"prlimit64", SYS_prlimit64, {0, RLIMIT_STACK, ADDRESS(&unlimited), 0}},
};

static const struct call no_room[] = {
    {"open", SYS_open, {ADDRESS("x"), O_WRONLY | O_CREAT, 0644}},
    {"openat", SYS_openat, {HERE, ADDRESS("x"), O_WRONLY | O_CREAT, 0644}},
    {"creat", SYS_creat, {ADDRESS("x"), 0644}},
    {"mkdir", SYS_mkdir, {ADDRESS("x"), 0777}},
    {"mkdirat", SYS_mkdirat, {HERE, ADDRESS("x"), 0777}},
    {"link", SYS_link, {ADDRESS("file"), ADDRESS("x")}},
    {"linkat", SYS_linkat, {HERE, ADDRESS("file"), HERE, ADDRESS("x"), 0}},
    {"symlink", SYS_symlink, {ADDRESS("file"), ADDRESS("x")}},
    {"symlinkat", SYS_symlinkat, {ADDRESS("file"), HERE, ADDRESS("x")}},
    {"rename", SYS_rename, {ADDRESS("file"), ADDRESS("x")}},
    {"renameat", SYS_renameat, {HERE, ADDRESS("file"), HERE, ADDRESS("x")}},
    {"write", SYS_write, {LAST_PAGES, ROOM, MIB}},
    {"writev", SYS_writev, {LAST_PAGES, PART, 1}},
    {"pwrite64", SYS_pwrite64, {LAST_PAGES, ROOM, 8, 1L << 40}},
};

static const struct call no_process[] = {
    {"fork", SYS_fork, {0}},
    {"vfork", SYS_vfork, {0}},
    {"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}},
};

static void fill_memory(void) {
    keep(open("filling", O_RDWR | O_CREAT, 0644), LAST_PAGES);
    memset(room, 1, sizeof room);
    for (int i = 0; i < MEMORY_MIB && write(LAST_PAGES, room, MIB) == MIB; i++) {
    }
    try_all("an eighth of memory is left", no_room, sizeof no_room);
    ftruncate(LAST_PAGES, 0);
}

// All that there can be, then one more. Only those of them are killed.
static void fill_processes(void) {
    pid_t child;
    setpgid(0, 0);
    while ((child = fork()) >= 0) {
        if (child == 0) {
            setpgid(0, getppid());
            for (;;) {
                pause();
            }
        }
    }
    try_all("there are too many processes", no_process, sizeof no_process);
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    while (wait(NULL) > 0) {
    }
}

int main(void) {
    mkdir("own_errors", 0777);
    chdir("own_errors");
    keep(open("file", O_RDWR | O_CREAT, 0644), AT_THE_END);
    keep(open("file", O_RDWR | O_APPEND), APPENDING);
    keep(open("/proc/self/stat", O_RDONLY), OF_PROC);
    ftruncate(AT_THE_END, LONG_MAX);
    lseek(AT_THE_END, LONG_MAX - 1, SEEK_SET);
    try_all("sizes", sizes, sizeof sizes);
    try_all("/proc", in_proc, sizeof in_proc);
    try_all("what there is not", not_there, sizeof not_there);
    fill_memory();
    fill_processes();
    return 0;
}
