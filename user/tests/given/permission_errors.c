// SPDX-License-Identifier: MIT
// Every call that somebody may be forbidden to make, made by somebody who is not the superuser. For
// the superuser, who makes the files and becomes that somebody.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call_table.h"

enum { SOMEBODY = 1000, ANOTHER = 1001, A_FILE = 10, A_DIRECTORY, CHILD_MARK };

#define ROOM ADDRESS(room)
#define TIMES ADDRESS(times)
#define LIMIT ADDRESS(&limit)
#define INFO ADDRESS(info)

static char room[200];
static int info[32]; // a siginfo_t that the kernel or kill would send
static const struct timespec times[2];
static const struct rlimit limit = {1, 1000000};
static gid_t group;

// `locked` may not be searched, `shut` not be written to; in `sticky` only owners remove.
static const struct call calls[] = {
    {"open in it", SYS_open, {ADDRESS("locked/f"), O_RDONLY}},
    {"open", SYS_open, {ADDRESS("private"), O_RDONLY}},
    {"open to make", SYS_open, {ADDRESS("shut/new"), O_WRONLY | O_CREAT, 0644}},
    {"openat in it", SYS_openat, {HERE, ADDRESS("locked/f"), O_RDONLY}},
    {"creat in it", SYS_creat, {ADDRESS("locked/f"), 0644}},
    {"stat in it", SYS_stat, {ADDRESS("locked/f"), ROOM}},
    {"lstat in it", SYS_lstat, {ADDRESS("locked/f"), ROOM}},
    {"newfstatat in it", SYS_newfstatat, {HERE, ADDRESS("locked/f"), ROOM, 0}},
    {"access in it", SYS_access, {ADDRESS("locked/f"), F_OK}},
    {"access", SYS_access, {ADDRESS("private"), R_OK}},
    {"faccessat in it", SYS_faccessat, {HERE, ADDRESS("locked/f"), F_OK}},
    {"faccessat2 in it", SYS_faccessat2, {HERE, ADDRESS("locked/f"), F_OK, 0}},
    {"truncate in it", SYS_truncate, {ADDRESS("locked/f"), 0}},
    {"truncate", SYS_truncate, {ADDRESS("private"), 0}},
    {"chdir in it", SYS_chdir, {ADDRESS("locked/f")}},
    {"chdir", SYS_chdir, {ADDRESS("locked")}},
    {"fchdir", SYS_fchdir, {A_DIRECTORY}},
    {"mkdir in it", SYS_mkdir, {ADDRESS("locked/f"), 0777}},
    {"mkdir", SYS_mkdir, {ADDRESS("shut/new"), 0777}},
    {"mkdirat in it", SYS_mkdirat, {HERE, ADDRESS("locked/f"), 0777}},
    {"rmdir in it", SYS_rmdir, {ADDRESS("locked/f")}},
    {"rmdir", SYS_rmdir, {ADDRESS("shut/dir")}},
    {"rmdir, sticky", SYS_rmdir, {ADDRESS("sticky/dir")}},
    {"unlink in it", SYS_unlink, {ADDRESS("locked/f")}},
    {"unlink", SYS_unlink, {ADDRESS("shut/f")}},
    {"unlink, sticky", SYS_unlink, {ADDRESS("sticky/f")}},
    {"unlinkat in it", SYS_unlinkat, {HERE, ADDRESS("locked/f"), 0}},
    {"unlinkat, sticky", SYS_unlinkat, {HERE, ADDRESS("sticky/f"), 0}},
    {"rename in it", SYS_rename, {ADDRESS("locked/f"), ADDRESS("x")}},
    {"rename into it", SYS_rename, {ADDRESS("own"), ADDRESS("locked/f")}},
    {"rename", SYS_rename, {ADDRESS("shut/f"), ADDRESS("x")}},
    {"rename, sticky", SYS_rename, {ADDRESS("sticky/f"), ADDRESS("x")}},
    {"rename a directory of another's", SYS_rename, {ADDRESS("shut"), ADDRESS("sticky/x")}},
    {"renameat in it", SYS_renameat, {HERE, ADDRESS("locked/f"), HERE, ADDRESS("x")}},
    {"renameat, sticky", SYS_renameat, {HERE, ADDRESS("sticky/f"), HERE, ADDRESS("x")}},
    {"link in it", SYS_link, {ADDRESS("locked/f"), ADDRESS("x")}},
    {"link", SYS_link, {ADDRESS("own"), ADDRESS("shut/new")}},
    {"linkat in it", SYS_linkat, {HERE, ADDRESS("locked/f"), HERE, ADDRESS("x"), 0}},
    {"linkat of a descriptor",
     SYS_linkat,
     {A_FILE, ADDRESS(""), HERE, ADDRESS("x"), AT_EMPTY_PATH}},
    {"symlink in it", SYS_symlink, {ADDRESS("x"), ADDRESS("locked/f")}},
    {"symlink", SYS_symlink, {ADDRESS("x"), ADDRESS("shut/new")}},
    {"symlinkat in it", SYS_symlinkat, {ADDRESS("x"), HERE, ADDRESS("locked/f")}},
    {"readlink in it", SYS_readlink, {ADDRESS("locked/f"), ROOM, 100}},
    {"readlinkat in it", SYS_readlinkat, {HERE, ADDRESS("locked/f"), ROOM, 100}},
    {"chmod in it", SYS_chmod, {ADDRESS("locked/f"), 0644}},
    {"chmod", SYS_chmod, {ADDRESS("private"), 0644}},
    {"fchmod", SYS_fchmod, {A_FILE, 0644}},
    {"fchmodat in it", SYS_fchmodat, {HERE, ADDRESS("locked/f"), 0644}},
    {"fchmodat", SYS_fchmodat, {HERE, ADDRESS("private"), 0644}},
    {"chown in it", SYS_chown, {ADDRESS("locked/f"), SOMEBODY, -1}},
    {"chown", SYS_chown, {ADDRESS("private"), SOMEBODY, -1}},
    {"chown: give away", SYS_chown, {ADDRESS("own"), ANOTHER, -1}},
    {"lchown in it", SYS_lchown, {ADDRESS("locked/f"), SOMEBODY, -1}},
    {"lchown", SYS_lchown, {ADDRESS("private"), SOMEBODY, -1}},
    {"fchown", SYS_fchown, {A_FILE, SOMEBODY, -1}},
    {"fchownat in it", SYS_fchownat, {HERE, ADDRESS("locked/f"), SOMEBODY, -1, 0}},
    {"fchownat", SYS_fchownat, {HERE, ADDRESS("private"), SOMEBODY, -1, 0}},
    {"utimensat in it", SYS_utimensat, {HERE, ADDRESS("locked/f"), 0, 0}},
    {"utimensat, now", SYS_utimensat, {HERE, ADDRESS("private"), 0, 0}},
    {"utimensat", SYS_utimensat, {HERE, ADDRESS("private"), TIMES, 0}},
    {"statfs in it", SYS_statfs, {ADDRESS("locked/f"), ROOM}},
    {"execve in it", SYS_execve, {ADDRESS("locked/f"), 0, 0}},
    {"execve", SYS_execve, {ADDRESS("own"), 0, 0}},
    {"execveat in it", SYS_execveat, {HERE, ADDRESS("locked/f"), 0, 0, 0}},
    {"execveat", SYS_execveat, {HERE, ADDRESS("own"), 0, 0, 0}},
    {"kill", SYS_kill, {CHILD_MARK, SIGTERM}},
    {"kill, only asking", SYS_kill, {CHILD_MARK, 0}},
    {"tkill", SYS_tkill, {CHILD_MARK, SIGTERM}},
    {"tgkill", SYS_tgkill, {CHILD_MARK, CHILD_MARK, SIGTERM}},
    {"rt_sigqueueinfo", SYS_rt_sigqueueinfo, {CHILD_MARK, SIGTERM, INFO}},
    {"setuid", SYS_setuid, {0}},
    {"setgid", SYS_setgid, {0}},
    {"setresuid", SYS_setresuid, {0, 0, 0}},
    {"setresgid", SYS_setresgid, {0, 0, 0}},
    {"setgroups", SYS_setgroups, {1, ADDRESS(&group)}},
    {"setrlimit", SYS_setrlimit, {RLIMIT_NOFILE, LIMIT}},
    {"prlimit64", SYS_prlimit64, {0, RLIMIT_NOFILE, LIMIT, 0}},
    {"prlimit64 of another", SYS_prlimit64, {CHILD_MARK, RLIMIT_NOFILE, 0, ROOM}},
    {"mmap of the first page",
     SYS_mmap,
     {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1}},
    {"reboot", SYS_reboot, {0, 0, 0}}, // and the numbers are wrong, too
};

static void make(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    if (fd < 0 || close(fd) < 0) {
        result(path, -1);
    }
}

static void prepare(void) {
    umask(0);
    mkdir("permission_errors", 0777);
    chmod(".", 0777);
    chdir("permission_errors");
    mkdir("locked", 0700);
    mkdir("shut", 0755);
    mkdir("shut/dir", 0755);
    mkdir("sticky", 01777);
    mkdir("sticky/dir", 0755);
    make("locked/f");
    make("shut/f");
    make("sticky/f");
    make("private");
    make("own");
    chown("own", SOMEBODY, SOMEBODY);
    dup2(open("private", O_RDONLY), A_FILE);
    dup2(open("locked", O_RDONLY | O_DIRECTORY), A_DIRECTORY);
}

int main(void) {
    int ends[2];
    prepare();
    pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        read(ends[0], room, 1);
        _exit(0);
    }
    info[2] = -1; // si_code: SI_QUEUE
    syscall(SYS_setgroups, 0L, NULL);
    setresgid(SOMEBODY, SOMEBODY, SOMEBODY);
    setresuid(SOMEBODY, SOMEBODY, SOMEBODY);
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct call call = with(&calls[i], CHILD_MARK, child);
        result(call.what, do_call(&call));
    }
    close(ends[1]);
    int status = -1;
    waitpid(child, &status, 0);
    printf("the child has not been killed: %d\n", status == 0);
    return 0;
}
