// SPDX-License-Identifier: MIT
// Mistakes that random system calls have found, each by itself.
#define _GNU_SOURCE // AT_EMPTY_PATH
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"

#define PAGE 4096L

static void links(const char *what, const char *path) {
    struct stat status;
    printf("%s: %ld links\n", what, stat(path, &status) < 0 ? -1L : (long)status.st_nlink);
}

// A directory that moves keeps those in it, and their links to it.
static void moved_directory(void) {
    mkdir("a", 0777);
    mkdir("a/1", 0777);
    mkdir("a/2", 0777);
    links("a directory with two", "a");
    result("rename", rename("a", "b"));
    links("renamed", "b");
    mkdir("c", 0777);
    result("move", rename("b", "c/b"));
    links("moved", "c/b");
    links("into", "c");
    rmdir("c/b/1");
    rmdir("c/b/2");
    links("without them", "c/b");
    result("it is still there", mkdir("c/b/3", 0777));
}

// Memory that ends after `bytes`.
static char *before_a_hole(long bytes) {
    char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(memory + PAGE, PAGE);
    return memory + PAGE - bytes;
}

// A pipe takes and gives pieces whole.
static void pieces(void) {
    char *memory = before_a_hole(20);
    int ends[2];
    pipe(ends);
    result("write 20 bytes and a hole", write(ends[1], memory, 8192));
    number("write 100 bytes", write(ends[1], memory - 80, 100));
    result("read into 20 bytes and a hole", read(ends[0], memory, 100));
    number("all of them are still there", read(ends[0], memory - 80, 100));
    close(ends[0]);
    close(ends[1]);
}

// No offset is beyond the largest.
static void beyond(void) {
    static char page[PAGE];
    int fd = open("file", O_RDWR | O_CREAT | O_APPEND, 0644);
    number("write", write(fd, page, 100));
    result("pread beyond the end of offsets", pread(fd, page, 2, LONG_MAX - 1));
    result("pwrite there", pwrite(fd, page, 2, LONG_MAX - 1));
    result("pread right before it", pread(fd, page, 1, LONG_MAX - 1));
    lseek(fd, 10, SEEK_SET);
    number("append nothing", write(fd, page, 0));
    number("the offset", lseek(fd, 0, SEEK_CUR));
    result("append what is not there", write(fd, before_a_hole(0), 1));
    number("the offset", lseek(fd, 0, SEEK_CUR));
    close(fd);
    unlink("file");
}

// What is complained about first.
static void order(void) {
    char entries[100];
    struct stat status;
    int fd = open(".", O_RDONLY);
    result("mmap of too much in no way",
           syscall(SYS_mmap, 0L, -1L, 0L, (long)MAP_ANONYMOUS, -1L, 0L));
    result("no signal to nobody", kill(99999, 65));
    result("no signal to somebody", kill(getpid(), 65));
    result("list into minus 4096 bytes",
           syscall(SYS_getdents64, (long)fd, entries, 0xfffff000L, 0L, 0L, 0L));
    result("stat the descriptor for here", fstat(AT_FDCWD, &status));
    result("stat nothing from here", fstatat(AT_FDCWD, "", &status, AT_EMPTY_PATH));
    printf("a directory: %d\n", (status.st_mode & S_IFMT) == S_IFDIR);
    symlink("loop", "loop");
    result("make a file behind a slash", open("loop/", O_WRONLY | O_CREAT, 0644));
    result("open it", open("loop/", O_RDONLY));
    close(fd);
}

int main(void) {
    mkdir("found", 0777);
    chdir("found");
    moved_directory();
    pieces();
    beyond();
    order();
    return 0;
}
