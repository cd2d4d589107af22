// SPDX-License-Identifier: MIT
// Each call about files, with the first allocation of the kernel failing, then the second, and so
// on until none fails: ENOMEM every time, and afterwards nothing has happened. For Tine alone:
// Linux has no such switch.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <tine.h>
#include <unistd.h>

#include "errors.h"

static int file, other, ends[2];
static char page[8192];

static long do_open(void) {
    int fd = open("f", O_RDONLY);
    return fd < 0 ? -1 : close(fd);
}
static long do_create(void) {
    int fd = open("new", O_WRONLY | O_CREAT, 0644);
    return fd < 0 ? -1 : close(fd);
}
static long do_mkdir(void) {
    return mkdir("dir", 0777);
}
static long do_rmdir(void) {
    return rmdir("dir");
}
static long do_symlink(void) {
    return symlink("a target that is somewhat longer than usual", "link");
}
static long do_link(void) {
    return link("f", "hard");
}
static long do_rename(void) {
    return rename("hard", "renamed");
}
static long do_rename_over(void) {
    return rename("renamed", "new");
}
static long do_unlink(void) {
    return unlink("new");
}
static long do_pwrite(void) {
    return pwrite(file, page, 1, 1L << 40) - 1;
}
static long do_dup2(void) {
    return dup2(file, 900) < 0 ? -1 : 0;
}
static long do_map(void) {
    void *at = mmap(NULL, sizeof page, PROT_READ, MAP_SHARED, file, 0);
    return at == MAP_FAILED ? -1 : munmap(at, sizeof page);
}
static long do_pipe(void) {
    return pipe(ends);
}
static long do_pipe_write(void) {
    return write(ends[1], page, 4096) < 0 ? -1 : 0;
}
static long do_writev(void) {
    struct iovec parts[2] = {{page, 1}, {page + 1, 1}};
    return writev(other, parts, 2) < 0 ? -1 : 0;
}
static long do_read_proc(void) {
    int fd = open("/proc/self/status", O_RDONLY);
    return fd < 0 ? -1 : close(fd);
}
static long do_list_proc(void) {
    int fd = open("/proc/self", O_RDONLY | O_DIRECTORY);
    long got = fd < 0 ? -1 : syscall(SYS_getdents64, (long)fd, page, sizeof page, 0L, 0L, 0L);
    int error = errno;
    close(fd);
    errno = error;
    return got < 0 ? -1 : 0;
}
static long do_chdir(void) {
    return chdir("/tmp");
}
static long do_getcwd(void) {
    return getcwd(page, sizeof page) == NULL ? -1 : 0;
}

static const struct {
    const char *name;
    long (*call)(void);
} calls[] = {
    {"open", do_open},
    {"create", do_create},
    {"mkdir", do_mkdir},
    {"rmdir", do_rmdir},
    {"symlink", do_symlink},
    {"link", do_link},
    {"rename", do_rename},
    {"rename over another", do_rename_over},
    {"unlink", do_unlink},
    {"pwrite", do_pwrite},
    {"dup2", do_dup2},
    {"map", do_map},
    {"pipe", do_pipe},
    {"write", do_pipe_write},
    {"writev", do_writev},
    {"chdir", do_chdir},
    {"getcwd", do_getcwd},
    {"read /proc", do_read_proc},
    {"read /proc again", do_read_proc},
    {"list /proc", do_list_proc},
};

int main(void) {
    memset(page, 1, sizeof page); // its own frames are not what shall fail
    file = open("f", O_RDWR | O_CREAT, 0644);
    other = open("g", O_RDWR | O_CREAT, 0644);
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (int n = 1;; n++) {
            probe_fail(INJECT_ANY, n);
            long value = calls[i].call();
            int error = errno;
            int failed = probe_fail(INJECT_NONE, 0) == 0;
            if (failed ? value == 0 || error != ENOMEM : value != 0) {
                printf("%s, failure %d: %s\n", calls[i].name, n,
                       value == 0 ? "ok" : error_name(error));
            }
            if (probe_audit() != 0) {
                printf("%s, failure %d: the audit found something\n", calls[i].name, n);
            }
            if (!failed) {
                break;
            }
        }
        printf("%s\n", calls[i].name);
    }
    return 0;
}
