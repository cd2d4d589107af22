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

#include "call_table.h"

// Among the arguments: where the path stands, and the descriptor that it begins at.
#define PATH 0x0bad0badL
#define AT 0x0dad0dadL
#define NOWHERE ((const char *)0x300000000)

enum { A_FILE = 10, NOT_OPEN = 77, LONG_NAME = 256, LONG_PATH = 4096 };

static char room[200];
static char *words[] = {NULL, NULL};
#define ROOM ADDRESS(room)
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
    {"rename", SYS_rename, {PATH, ADDRESS("x")}},
    {"rename to", SYS_rename, {ADDRESS("file"), PATH}},
    {"renameat", SYS_renameat, {HERE, PATH, HERE, ADDRESS("x")}},
    {"renameat to", SYS_renameat, {HERE, ADDRESS("file"), HERE, PATH}},
    {"link", SYS_link, {PATH, ADDRESS("x")}},
    {"link to", SYS_link, {ADDRESS("file"), PATH}},
    {"linkat", SYS_linkat, {HERE, PATH, HERE, ADDRESS("x"), 0}},
    {"linkat to", SYS_linkat, {HERE, ADDRESS("file"), HERE, PATH, 0}},
    {"symlink", SYS_symlink, {PATH, ADDRESS("file")}},
    {"symlink to", SYS_symlink, {ADDRESS("x"), PATH}},
    {"symlinkat", SYS_symlinkat, {PATH, HERE, ADDRESS("file")}},
    {"symlinkat to", SYS_symlinkat, {ADDRESS("x"), HERE, PATH}},
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
    {"openat", SYS_openat, {AT, ADDRESS("x"), O_RDONLY}},
    {"newfstatat", SYS_newfstatat, {AT, ADDRESS("x"), ROOM, 0}},
    {"faccessat", SYS_faccessat, {AT, ADDRESS("x"), F_OK}},
    {"faccessat2", SYS_faccessat2, {AT, ADDRESS("x"), F_OK, 0}},
    {"mkdirat", SYS_mkdirat, {AT, ADDRESS("x"), 0777}},
    {"unlinkat", SYS_unlinkat, {AT, ADDRESS("x"), 0}},
    {"renameat", SYS_renameat, {AT, ADDRESS("x"), HERE, ADDRESS("x")}},
    {"renameat to", SYS_renameat, {HERE, ADDRESS("file"), AT, ADDRESS("x")}},
    {"linkat", SYS_linkat, {AT, ADDRESS("x"), HERE, ADDRESS("x"), 0}},
    {"linkat to", SYS_linkat, {HERE, ADDRESS("file"), AT, ADDRESS("x"), 0}},
    {"symlinkat", SYS_symlinkat, {ADDRESS("x"), AT, ADDRESS("x")}},
    {"readlinkat", SYS_readlinkat, {AT, ADDRESS("x"), ROOM, 100}},
    {"fchmodat", SYS_fchmodat, {AT, ADDRESS("x"), 0644}},
    {"fchownat", SYS_fchownat, {AT, ADDRESS("x"), -1, -1, 0}},
    {"utimensat", SYS_utimensat, {AT, ADDRESS("x"), 0, 0}},
    {"execveat", SYS_execveat, {AT, ADDRESS("x"), WORDS, 0, 0}},
};

// What is there: a file, a directory, a directory that is not empty, a link to itself.
static const struct call found[] = {
    {"open: make it anew", SYS_open, {ADDRESS("file"), O_CREAT | O_EXCL | O_WRONLY, 0644}},
    {"openat: make it anew", SYS_openat, {HERE, ADDRESS("file"), O_CREAT | O_EXCL, 0644}},
    {"open: write to a directory", SYS_open, {ADDRESS("full"), O_WRONLY}},
    {"openat: write to a directory", SYS_openat, {HERE, ADDRESS("full"), O_RDWR}},
    {"creat a directory", SYS_creat, {ADDRESS("full"), 0644}},
    {"open: no directory", SYS_open, {ADDRESS("file"), O_RDONLY | O_DIRECTORY}},
    {"open: a link itself", SYS_open, {ADDRESS("loop"), O_RDONLY | O_NOFOLLOW}},
    {"open: make a directory", SYS_open, {ADDRESS("x"), O_CREAT | O_DIRECTORY, 0644}},
    {"openat: make a directory", SYS_openat, {HERE, ADDRESS("x"), O_CREAT | O_DIRECTORY, 0644}},
    {"newfstatat, unknown flag", SYS_newfstatat, {HERE, ADDRESS("file"), ROOM, 1}},
    {"access, unknown right", SYS_access, {ADDRESS("file"), 8}},
    {"access: execute", SYS_access, {ADDRESS("file"), X_OK}},
    {"faccessat: execute", SYS_faccessat, {HERE, ADDRESS("file"), X_OK}},
    {"faccessat, unknown right", SYS_faccessat, {HERE, ADDRESS("file"), 8}},
    {"faccessat2: execute", SYS_faccessat2, {HERE, ADDRESS("file"), X_OK, 0}},
    {"faccessat2, unknown right", SYS_faccessat2, {HERE, ADDRESS("file"), 8, 0}},
    {"faccessat2, unknown flag", SYS_faccessat2, {HERE, ADDRESS("file"), F_OK, 1}},
    {"truncate a directory", SYS_truncate, {ADDRESS("full"), 0}},
    {"truncate a device", SYS_truncate, {ADDRESS("/dev/null"), 0}},
    {"truncate to less than nothing", SYS_truncate, {ADDRESS("file"), -1}},
    {"chdir to a file", SYS_chdir, {ADDRESS("file")}},
    {"mkdir", SYS_mkdir, {ADDRESS("file"), 0777}},
    {"mkdirat", SYS_mkdirat, {HERE, ADDRESS("full"), 0777}},
    {"rmdir of a file", SYS_rmdir, {ADDRESS("file")}},
    {"rmdir of what is full", SYS_rmdir, {ADDRESS("full")}},
    {"rmdir of here", SYS_rmdir, {ADDRESS("full/.")}},
    {"rmdir of the root", SYS_rmdir, {ADDRESS("/")}},
    {"unlink a directory", SYS_unlink, {ADDRESS("full")}},
    {"unlink with a slash", SYS_unlink, {ADDRESS("file/")}},
    {"unlinkat of a directory", SYS_unlinkat, {HERE, ADDRESS("full"), 0}},
    {"unlinkat, a file as a directory", SYS_unlinkat, {HERE, ADDRESS("file"), AT_REMOVEDIR}},
    {"unlinkat of what is full", SYS_unlinkat, {HERE, ADDRESS("full"), AT_REMOVEDIR}},
    {"unlinkat of here", SYS_unlinkat, {HERE, ADDRESS("full/."), AT_REMOVEDIR}},
    {"unlinkat of the root", SYS_unlinkat, {HERE, ADDRESS("/"), AT_REMOVEDIR}},
    {"unlinkat, unknown flag", SYS_unlinkat, {HERE, ADDRESS("file"), 1}},
    {"rename a file to a directory", SYS_rename, {ADDRESS("file"), ADDRESS("empty")}},
    {"rename a directory to a file", SYS_rename, {ADDRESS("empty"), ADDRESS("file")}},
    {"rename to what is full", SYS_rename, {ADDRESS("empty"), ADDRESS("full")}},
    {"rename into itself", SYS_rename, {ADDRESS("full"), ADDRESS("full/x")}},
    {"rename here", SYS_rename, {ADDRESS("."), ADDRESS("x")}},
    {"renameat, a file to a directory",
     SYS_renameat,
     {HERE, ADDRESS("file"), HERE, ADDRESS("empty")}},
    {"renameat, a directory to a file",
     SYS_renameat,
     {HERE, ADDRESS("empty"), HERE, ADDRESS("file")}},
    {"renameat to what is full", SYS_renameat, {HERE, ADDRESS("empty"), HERE, ADDRESS("full")}},
    {"renameat into itself", SYS_renameat, {HERE, ADDRESS("full"), HERE, ADDRESS("full/x")}},
    {"renameat of here", SYS_renameat, {HERE, ADDRESS("."), HERE, ADDRESS("x")}},
    {"link", SYS_link, {ADDRESS("file"), ADDRESS("full")}},
    {"link a directory", SYS_link, {ADDRESS("full"), ADDRESS("x")}},
    {"linkat", SYS_linkat, {HERE, ADDRESS("file"), HERE, ADDRESS("full"), 0}},
    {"linkat, a directory", SYS_linkat, {HERE, ADDRESS("full"), HERE, ADDRESS("x"), 0}},
    {"linkat, unknown flag", SYS_linkat, {HERE, ADDRESS("file"), HERE, ADDRESS("x"), 1}},
    {"link out of /proc", SYS_link, {ADDRESS("/proc/self/stat"), ADDRESS("x")}},
    {"linkat out of /proc", SYS_linkat, {HERE, ADDRESS("/proc/self/stat"), HERE, ADDRESS("x"), 0}},
    {"symlink", SYS_symlink, {ADDRESS("x"), ADDRESS("file")}},
    {"symlinkat", SYS_symlinkat, {ADDRESS("x"), HERE, ADDRESS("file")}},
    {"readlink of a file", SYS_readlink, {ADDRESS("file"), ROOM, 100}},
    {"readlink without room", SYS_readlink, {ADDRESS("loop"), ROOM, 0}},
    {"readlinkat of a file", SYS_readlinkat, {HERE, ADDRESS("file"), ROOM, 100}},
    {"fchownat, unknown flag", SYS_fchownat, {HERE, ADDRESS("file"), -1, -1, 1}},
    {"utimensat, unknown flag", SYS_utimensat, {HERE, ADDRESS("file"), 0, 1}},
    {"execve of a directory", SYS_execve, {ADDRESS("full"), WORDS, 0}},
    {"execve of a text", SYS_execve, {ADDRESS("text"), WORDS, 0}},
    {"execveat of a directory", SYS_execveat, {HERE, ADDRESS("full"), WORDS, 0, 0}},
    {"execveat of a text", SYS_execveat, {HERE, ADDRESS("text"), WORDS, 0, 0}},
    {"execveat, a link itself",
     SYS_execveat,
     {HERE, ADDRESS("loop"), WORDS, 0, AT_SYMLINK_NOFOLLOW}},
    {"execveat, unknown flag", SYS_execveat, {HERE, ADDRESS("text"), WORDS, 0, 1}},
    {"execve, a bad string", SYS_execve, {ADDRESS("text"), 8, 0}},
    {"execveat, a bad string", SYS_execveat, {HERE, ADDRESS("text"), 8, 0, 0}},
};

static const char *answer(const struct call *call, const char *path, int fd) {
    struct call there = with(call, PATH, ADDRESS(path));
    there = with(&there, AT, fd);
    return do_call(&there) < 0 ? error_name(errno) : "ok";
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
