// SPDX-License-Identifier: MIT
// Every call that takes a path, with paths that are wrong in every way; those that begin at a
// descriptor, with ones that are no directories; and what is wrong with what is found there.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

// Among the arguments: where the path stands, and the descriptor that it begins at.
#define PATH 0x0bad0badL
#define AT 0x0dad0dadL
#define HERE ((long)AT_FDCWD)
#define NOWHERE ((const char *)0x300000000)

enum { A_FILE = 10, NOT_OPEN = 77, LONG_NAME = 256, LONG_PATH = 4096 };

struct call {
    const char *what;
    long number;
    long arguments[5];
};

static char room[200];
static char *words[] = {NULL, NULL};
#define STRING(text) ((long)(text))
#define ROOM STRING(room)
#define WORDS ((long)words)

static const struct call paths[] = {
    {"open", SYS_open, {PATH, O_RDONLY}},
    {"openat", SYS_openat, {HERE, PATH, O_RDONLY}},
    {"creat", SYS_creat, {PATH, 0644}},
    {"stat", SYS_stat, {PATH, ROOM}},
    {"lstat", SYS_lstat, {PATH, ROOM}},
    {"newfstatat", SYS_newfstatat, {HERE, PATH, ROOM, 0}},
    {"access", SYS_access, {PATH, F_OK}},
    {"faccessat", SYS_faccessat, {HERE, PATH, F_OK}},
    {"faccessat2", SYS_faccessat2, {HERE, PATH, F_OK, 0}},
    {"truncate", SYS_truncate, {PATH, 0}},
    {"chdir", SYS_chdir, {PATH}},
    {"mkdir", SYS_mkdir, {PATH, 0777}},
    {"mkdirat", SYS_mkdirat, {HERE, PATH, 0777}},
    {"rmdir", SYS_rmdir, {PATH}},
    {"unlink", SYS_unlink, {PATH}},
    {"unlinkat", SYS_unlinkat, {HERE, PATH, 0}},
    {"unlinkat of a directory", SYS_unlinkat, {HERE, PATH, AT_REMOVEDIR}},
    {"rename", SYS_rename, {PATH, STRING("x")}},
    {"rename to", SYS_rename, {STRING("file"), PATH}},
    {"renameat", SYS_renameat, {HERE, PATH, HERE, STRING("x")}},
    {"renameat to", SYS_renameat, {HERE, STRING("file"), HERE, PATH}},
    {"link", SYS_link, {PATH, STRING("x")}},
    {"link to", SYS_link, {STRING("file"), PATH}},
    {"linkat", SYS_linkat, {HERE, PATH, HERE, STRING("x"), 0}},
    {"linkat to", SYS_linkat, {HERE, STRING("file"), HERE, PATH, 0}},
    {"symlink", SYS_symlink, {PATH, STRING("file")}},
    {"symlink to", SYS_symlink, {STRING("x"), PATH}},
    {"symlinkat", SYS_symlinkat, {PATH, HERE, STRING("file")}},
    {"symlinkat to", SYS_symlinkat, {STRING("x"), HERE, PATH}},
    {"readlink", SYS_readlink, {PATH, ROOM, 100}},
    {"readlinkat", SYS_readlinkat, {HERE, PATH, ROOM, 100}},
    {"chmod", SYS_chmod, {PATH, 0644}},
    {"fchmodat", SYS_fchmodat, {HERE, PATH, 0644}},
    {"chown", SYS_chown, {PATH, -1, -1}},
    {"lchown", SYS_lchown, {PATH, -1, -1}},
    {"fchownat", SYS_fchownat, {HERE, PATH, -1, -1, 0}},
    {"utimensat", SYS_utimensat, {HERE, PATH, 0, 0}},
    {"statfs", SYS_statfs, {PATH, ROOM}},
    {"execve", SYS_execve, {PATH, WORDS, 0}},
    {"execveat", SYS_execveat, {HERE, PATH, WORDS, 0, 0}},
};

static const struct call starts[] = {
    {"openat", SYS_openat, {AT, STRING("x"), O_RDONLY}},
    {"newfstatat", SYS_newfstatat, {AT, STRING("x"), ROOM, 0}},
    {"faccessat", SYS_faccessat, {AT, STRING("x"), F_OK}},
    {"faccessat2", SYS_faccessat2, {AT, STRING("x"), F_OK, 0}},
    {"mkdirat", SYS_mkdirat, {AT, STRING("x"), 0777}},
    {"unlinkat", SYS_unlinkat, {AT, STRING("x"), 0}},
    {"renameat", SYS_renameat, {AT, STRING("x"), HERE, STRING("x")}},
    {"renameat to", SYS_renameat, {HERE, STRING("file"), AT, STRING("x")}},
    {"linkat", SYS_linkat, {AT, STRING("x"), HERE, STRING("x"), 0}},
    {"linkat to", SYS_linkat, {HERE, STRING("file"), AT, STRING("x"), 0}},
    {"symlinkat", SYS_symlinkat, {STRING("x"), AT, STRING("x")}},
    {"readlinkat", SYS_readlinkat, {AT, STRING("x"), ROOM, 100}},
    {"fchmodat", SYS_fchmodat, {AT, STRING("x"), 0644}},
    {"fchownat", SYS_fchownat, {AT, STRING("x"), -1, -1, 0}},
    {"utimensat", SYS_utimensat, {AT, STRING("x"), 0, 0}},
    {"execveat", SYS_execveat, {AT, STRING("x"), WORDS, 0, 0}},
};

// What is there: a file, a directory, a directory that is not empty, a link to itself.
static const struct call found[] = {
    {"open: make it anew", SYS_open, {STRING("file"), O_CREAT | O_EXCL | O_WRONLY, 0644}},
    {"openat: make it anew", SYS_openat, {HERE, STRING("file"), O_CREAT | O_EXCL, 0644}},
    {"open: write to a directory", SYS_open, {STRING("full"), O_WRONLY}},
    {"openat: write to a directory", SYS_openat, {HERE, STRING("full"), O_RDWR}},
    {"creat a directory", SYS_creat, {STRING("full"), 0644}},
    {"open: no directory", SYS_open, {STRING("file"), O_RDONLY | O_DIRECTORY}},
    {"open: a link itself", SYS_open, {STRING("loop"), O_RDONLY | O_NOFOLLOW}},
    {"open: make a directory", SYS_open, {STRING("x"), O_CREAT | O_DIRECTORY, 0644}},
    {"openat: make a directory", SYS_openat, {HERE, STRING("x"), O_CREAT | O_DIRECTORY, 0644}},
    {"newfstatat, unknown flag", SYS_newfstatat, {HERE, STRING("file"), ROOM, 1}},
    {"access, unknown right", SYS_access, {STRING("file"), 8}},
    {"access: execute", SYS_access, {STRING("file"), X_OK}},
    {"faccessat: execute", SYS_faccessat, {HERE, STRING("file"), X_OK}},
    {"faccessat, unknown right", SYS_faccessat, {HERE, STRING("file"), 8}},
    {"faccessat2: execute", SYS_faccessat2, {HERE, STRING("file"), X_OK, 0}},
    {"faccessat2, unknown right", SYS_faccessat2, {HERE, STRING("file"), 8, 0}},
    {"faccessat2, unknown flag", SYS_faccessat2, {HERE, STRING("file"), F_OK, 1}},
    {"truncate a directory", SYS_truncate, {STRING("full"), 0}},
    {"truncate a device", SYS_truncate, {STRING("/dev/null"), 0}},
    {"truncate to less than nothing", SYS_truncate, {STRING("file"), -1}},
    {"chdir to a file", SYS_chdir, {STRING("file")}},
    {"mkdir", SYS_mkdir, {STRING("file"), 0777}},
    {"mkdirat", SYS_mkdirat, {HERE, STRING("full"), 0777}},
    {"rmdir of a file", SYS_rmdir, {STRING("file")}},
    {"rmdir of what is full", SYS_rmdir, {STRING("full")}},
    {"rmdir of here", SYS_rmdir, {STRING("full/.")}},
    {"rmdir of the root", SYS_rmdir, {STRING("/")}},
    {"unlink a directory", SYS_unlink, {STRING("full")}},
    {"unlink with a slash", SYS_unlink, {STRING("file/")}},
    {"unlinkat of a directory", SYS_unlinkat, {HERE, STRING("full"), 0}},
    {"unlinkat, a file as a directory", SYS_unlinkat, {HERE, STRING("file"), AT_REMOVEDIR}},
    {"unlinkat of what is full", SYS_unlinkat, {HERE, STRING("full"), AT_REMOVEDIR}},
    {"unlinkat of here", SYS_unlinkat, {HERE, STRING("full/."), AT_REMOVEDIR}},
    {"unlinkat of the root", SYS_unlinkat, {HERE, STRING("/"), AT_REMOVEDIR}},
    {"unlinkat, unknown flag", SYS_unlinkat, {HERE, STRING("file"), 1}},
    {"rename a file to a directory", SYS_rename, {STRING("file"), STRING("empty")}},
    {"rename a directory to a file", SYS_rename, {STRING("empty"), STRING("file")}},
    {"rename to what is full", SYS_rename, {STRING("empty"), STRING("full")}},
    {"rename into itself", SYS_rename, {STRING("full"), STRING("full/x")}},
    {"rename here", SYS_rename, {STRING("."), STRING("x")}},
    {"renameat, a file to a directory",
     SYS_renameat,
     {HERE, STRING("file"), HERE, STRING("empty")}},
    {"renameat, a directory to a file",
     SYS_renameat,
     {HERE, STRING("empty"), HERE, STRING("file")}},
    {"renameat to what is full", SYS_renameat, {HERE, STRING("empty"), HERE, STRING("full")}},
    {"renameat into itself", SYS_renameat, {HERE, STRING("full"), HERE, STRING("full/x")}},
    {"renameat of here", SYS_renameat, {HERE, STRING("."), HERE, STRING("x")}},
    {"link", SYS_link, {STRING("file"), STRING("full")}},
    {"link a directory", SYS_link, {STRING("full"), STRING("x")}},
    {"linkat", SYS_linkat, {HERE, STRING("file"), HERE, STRING("full"), 0}},
    {"linkat, a directory", SYS_linkat, {HERE, STRING("full"), HERE, STRING("x"), 0}},
    {"linkat, unknown flag", SYS_linkat, {HERE, STRING("file"), HERE, STRING("x"), 1}},
    {"link out of /proc", SYS_link, {STRING("/proc/self/stat"), STRING("x")}},
    {"linkat out of /proc", SYS_linkat, {HERE, STRING("/proc/self/stat"), HERE, STRING("x"), 0}},
    {"symlink", SYS_symlink, {STRING("x"), STRING("file")}},
    {"symlinkat", SYS_symlinkat, {STRING("x"), HERE, STRING("file")}},
    {"readlink of a file", SYS_readlink, {STRING("file"), ROOM, 100}},
    {"readlink without room", SYS_readlink, {STRING("loop"), ROOM, 0}},
    {"readlinkat of a file", SYS_readlinkat, {HERE, STRING("file"), ROOM, 100}},
    {"fchownat, unknown flag", SYS_fchownat, {HERE, STRING("file"), -1, -1, 1}},
    {"utimensat, unknown flag", SYS_utimensat, {HERE, STRING("file"), 0, 1}},
    {"execve of a directory", SYS_execve, {STRING("full"), WORDS, 0}},
    {"execve of a text", SYS_execve, {STRING("text"), WORDS, 0}},
    {"execveat of a directory", SYS_execveat, {HERE, STRING("full"), WORDS, 0, 0}},
    {"execveat of a text", SYS_execveat, {HERE, STRING("text"), WORDS, 0, 0}},
    {"execveat, a link itself",
     SYS_execveat,
     {HERE, STRING("loop"), WORDS, 0, AT_SYMLINK_NOFOLLOW}},
    {"execveat, unknown flag", SYS_execveat, {HERE, STRING("text"), WORDS, 0, 1}},
    {"execve, a bad string", SYS_execve, {STRING("text"), 8, 0}},
    {"execveat, a bad string", SYS_execveat, {HERE, STRING("text"), 8, 0, 0}},
};

static long argument(long value, const char *path, int fd) {
    return value == PATH ? (long)path : value == AT ? fd : value;
}

static const char *answer(const struct call *call, const char *path, int fd) {
    const long *a = call->arguments;
    long value =
        syscall(call->number, argument(a[0], path, fd), argument(a[1], path, fd),
                argument(a[2], path, fd), argument(a[3], path, fd), argument(a[4], path, fd));
    return value < 0 ? error_name(errno) : "ok";
}

#define EACH(call, table)                                                                   \
    (const struct call *call = (table); (call) < (table) + sizeof(table) / sizeof *(table); \
     (call)++)

static void wrong_paths(void) {
    char name[LONG_NAME + 1];
    static char path[LONG_PATH + 1];
    memset(name, 'n', LONG_NAME);
    name[LONG_NAME] = '\0';
    for (int i = 0; i < LONG_PATH; i += 2) {
        path[i] = '.';
        path[i + 1] = '/';
    }
    const char *const wrong[] = {NOWHERE, "", "none/x", "file/x", "loop/x", name, path};
    for
        EACH(call, paths) {
            printf("%s:", call->what);
            for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
                printf(" %s", answer(call, wrong[i], 0));
            }
            printf("\n");
        }
}

static void wrong_starts(void) {
    for
        EACH(call, starts) {
            printf("%s:", call->what);
            printf(" %s", answer(call, "", NOT_OPEN));
            printf(" %s\n", answer(call, "", A_FILE));
        }
}

static void what_is_found(void) {
    for
        EACH(call, found) {
            printf("%s: %s\n", call->what, answer(call, "", 0));
        }
}

// The working directory was about a process that is gone. Linux says in two ways that there is
// nothing any more.
static void wrong_place(void) {
    char place[32];
    int ends[2];
    pipe(ends);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        read(ends[0], room, 1);
        _exit(0);
    }
    snprintf(place, sizeof place, "/proc/%d", (int)child);
    result("go to a process", chdir(place));
    close(ends[1]);
    waitpid(child, NULL, 0);
    for
        EACH(call, paths) {
            const char *got = answer(call, "stat", 0);
            bool gone = errno == ENOENT || errno == ESRCH;
            printf("%s, where it was: %s\n", call->what, gone ? "it is gone" : got);
        }
}

int main(void) {
    static char word[] = "x";
    words[0] = word;
    mkdir("path_errors", 0777);
    chdir("path_errors");
    mkdir("empty", 0777);
    mkdir("full", 0777);
    mkdir("full/x", 0777);
    int fd = open("file", O_RDWR | O_CREAT, 0644);
    dup2(fd, A_FILE);
    close(fd);
    fd = open("text", O_WRONLY | O_CREAT, 0755);
    write(fd, "no program", 10);
    close(fd);
    symlink("loop", "loop");
    wrong_paths();
    wrong_starts();
    what_is_found();
    wrong_place();
    return 0;
}
