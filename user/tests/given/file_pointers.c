// SPDX-License-Identifier: MIT
// Every call about files that takes a pointer, with pointers that are wrong in every way: an error
// each time, and nothing else happens.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "errors.h"

#define PAGE 4096UL
#define HOLE 0x320001000UL // behind a page that can be written to
#define READ_ONLY 0x310000000UL

static int file, directory, ends[2];

static const struct {
    const char *what;
    uintptr_t address;
} pointers[] = {
    {"NULL", 0},
    {"the first page", 8},
    {"nothing mapped", 0x300000000},
    {"just beyond it", 0x0000800000000000},
    {"not canonical", 0x0123456789abcdef},
    {"kernel memory", 0xffff800000100000},
    {"kernel code", 0xffffffff80106000},
    {"the very end", 0xfffffffffffffff8},
};

static long call(long number_, long a, long b, long c, long d) {
    return syscall(number_, a, b, c, d, 0L, 0L);
}

// Calls that read a path or a buffer at `p`.
static void reading(long p) {
    result("  open", call(SYS_open, p, O_RDONLY, 0, 0));
    result("  openat", call(SYS_openat, AT_FDCWD, p, O_RDONLY, 0));
    result("  stat", call(SYS_stat, p, HOLE - PAGE, 0, 0));
    result("  lstat", call(SYS_lstat, p, HOLE - PAGE, 0, 0));
    result("  newfstatat", call(SYS_newfstatat, AT_FDCWD, p, HOLE - PAGE, 0));
    result("  access", call(SYS_access, p, 0, 0, 0));
    result("  truncate", call(SYS_truncate, p, 0, 0, 0));
    result("  chdir", call(SYS_chdir, p, 0, 0, 0));
    result("  mkdir", call(SYS_mkdir, p, 0777, 0, 0));
    result("  rmdir", call(SYS_rmdir, p, 0, 0, 0));
    result("  unlink", call(SYS_unlink, p, 0, 0, 0));
    result("  unlinkat", call(SYS_unlinkat, AT_FDCWD, p, 0, 0));
    result("  rename", call(SYS_rename, p, (long)"x", 0, 0));
    result("  rename to it", call(SYS_rename, (long)"f", p, 0, 0));
    result("  rename nothing to it", call(SYS_rename, (long)"none", p, 0, 0));
    result("  rename below nothing to it", call(SYS_rename, (long)"none/x", p, 0, 0));
    result("  link", call(SYS_link, p, (long)"x", 0, 0));
    result("  link to it", call(SYS_link, (long)"f", p, 0, 0));
    result("  symlink", call(SYS_symlink, p, (long)"x", 0, 0));
    result("  symlink to it", call(SYS_symlink, (long)"f", p, 0, 0));
    result("  readlink", call(SYS_readlink, p, HOLE - PAGE, 10, 0));
    result("  chmod", call(SYS_chmod, p, 0600, 0, 0));
    result("  chown", call(SYS_chown, p, 0, 0, 0));
    result("  write", call(SYS_write, file, p, 8, 0));
    result("  pwrite64", call(SYS_pwrite64, file, p, 8, 0));
    result("  write to a pipe", call(SYS_write, ends[1], p, 8, 0));
    result("  writev", call(SYS_writev, file, p, 1, 0));
    struct iovec part = {(void *)p, 8};
    result("  writev, the part", call(SYS_writev, file, (long)&part, 1, 0));
}

// Calls that write at `p`.
static void writing(long p) {
    lseek(directory, 0, SEEK_SET);
    result("  stat", call(SYS_stat, (long)"f", p, 0, 0));
    result("  lstat", call(SYS_lstat, (long)"f", p, 0, 0));
    result("  fstat", call(SYS_fstat, file, p, 0, 0));
    result("  newfstatat", call(SYS_newfstatat, AT_FDCWD, (long)"f", p, 0));
    result("  read", call(SYS_pread64, file, p, 8, 0));
    result("  read from a pipe", call(SYS_read, ends[0], p, 8, 0));
    result("  readv", call(SYS_readv, file, p, 1, 0));
    struct iovec part = {(void *)p, 8};
    result("  readv, the part", call(SYS_readv, file, (long)&part, 1, 0));
    result("  getdents64", call(SYS_getdents64, directory, p, 1000, 0));
    result("  getcwd", call(SYS_getcwd, p, 4096, 0, 0));
    result("  readlink", call(SYS_readlink, (long)"s", p, 10, 0));
    result("  pipe", call(SYS_pipe, p, 0, 0, 0));
    result("  pipe2", call(SYS_pipe2, p, 0, 0, 0));
    result("  poll", call(SYS_poll, p, 1, 0, 0));
}

// Buffers and strings that end where memory ends, or go on behind it.
static void borders(char *page) {
    char *end = page + PAGE;
    end[-2] = 'f';
    end[-1] = '\0';
    result("a path right before a hole", call(SYS_access, (long)end - 2, 0, 0, 0));
    end[-1] = 'f';
    result("a path that runs into a hole", call(SYS_access, (long)end - 2, 0, 0, 0));
    number("write up to a hole", pwrite(file, end - 6, 6, 0));
    number("read up to a hole", pread(file, end - 6, 6, 0));
    result("stat into a hole", call(SYS_stat, (long)"f", (long)end - 100, 0, 0));
    result("pipe into a hole", call(SYS_pipe, (long)end - 4, 0, 0, 0));
    result("poll into a hole", call(SYS_poll, (long)end - 4, 1, 0, 0));
    result("vector into a hole", call(SYS_writev, file, (long)end - 8, 1, 0));
    number("the next descriptor", dup(0));
}

int main(void) {
    char *page = mmap((void *)(HOLE - PAGE), PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    void *read_only =
        mmap((void *)READ_ONLY, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (page == MAP_FAILED || read_only == MAP_FAILED) {
        puts("mmap failed");
        return 1;
    }
    file = open("f", O_RDWR | O_CREAT, 0644);
    write(file, "some text", 9);
    symlink("f", "s");
    directory = open(".", O_RDONLY);
    pipe(ends);
    write(ends[1], "xxxxxxxxxxxxxxxxxxxxxxxx", 24);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    for (unsigned i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        printf("%s\n", pointers[i].what);
        reading((long)pointers[i].address);
        writing((long)pointers[i].address);
    }
    puts("read-only memory");
    writing(READ_ONLY);
    borders(page);
    return 0;
}
