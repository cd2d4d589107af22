// SPDX-License-Identifier: MIT
// Files in memory: who sees which write, what fork makes of it, where a file ends, and each error
// of mmap.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

#define PAGE 4096L
#define VALIDATE 0x03    // MAP_SHARED_VALIDATE and MAP_NORESERVE,
#define NORESERVE 0x4000 // which not every C library has
#define RW (PROT_READ | PROT_WRITE)

static int fd;
static char text[3 * PAGE];

// A file of two pages and 100 bytes: a..., b..., c...
static int make(const char *name) {
    int made = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    for (int i = 0; i < 3; i++) {
        memset(text + i * PAGE, 'a' + i, PAGE);
    }
    if (write(made, text, 2 * PAGE + 100) != 2 * PAGE + 100) {
        puts("the file could not be written");
    }
    return made;
}

static char *map(long pages, int prot, int flags, long first) {
    char *at = mmap(NULL, pages * PAGE, prot, flags, fd, first * PAGE);
    if (at == MAP_FAILED) {
        result("map", -1);
        exit(1);
    }
    return at;
}

static char in_file(long offset) {
    char byte = '?';
    return pread(fd, &byte, 1, offset) == 1 ? byte : '-';
}

static void put(long offset, char byte) {
    if (pwrite(fd, &byte, 1, offset) != 1) {
        puts("pwrite failed");
    }
}

static void fault(int signal, siginfo_t *info, void *context) {
    (void)context;
    printf("signal %d code %d offset %ld\n", signal, info->si_code, (long)info->si_addr % PAGE);
    exit(0);
}

// What a child sees that reads, or writes, a byte.
static void touch(const char *what, volatile char *at, int writes) {
    printf("%s: ", what);
    fflush(stdout);
    if (fork() == 0) {
        if (writes) {
            *at = 'W';
        }
        char seen = *at;
        printf("%c\n", seen >= ' ' ? seen : '0' + seen);
        exit(0);
    }
    wait(NULL);
}

static void private_pages(void) {
    char *mine = map(3, RW, MAP_PRIVATE, 0), *yours = map(2, RW, MAP_PRIVATE, 1);
    printf("private: %c %c %c, %c\n", mine[0], mine[PAGE], mine[2 * PAGE + 99], yours[0]);
    printf("behind the end of the file: %d\n", mine[2 * PAGE + 100] | mine[3 * PAGE - 1]);
    mine[PAGE] = 'M'; // has been read: a copy of a page that is there
    mine[2] = 'N';
    yours[PAGE + 1] = 'Y'; // has not
    printf("written: %c%c %c%c, the other %c%c, the file %c%c\n", mine[PAGE], mine[PAGE + 1],
           yours[PAGE], yours[PAGE + 1], yours[0], mine[2 * PAGE + 1], in_file(PAGE), in_file(2));
    put(PAGE, 'F');
    put(PAGE + 1, 'G');
    printf("the file changes: copied %c%c, not copied %c%c\n", mine[PAGE], mine[PAGE + 1], yours[0],
           yours[1]);
    touch("a child writes to a copy", mine + PAGE, 1);
    touch("a child writes to a page of the file", yours, 1);
    touch("a child writes to a page nobody has touched", map(1, RW, MAP_PRIVATE, 0) + 7, 1);
    printf("afterwards: %c %c %c\n", mine[PAGE], yours[0], in_file(PAGE));
    result("make it read-only", mprotect(mine, 3 * PAGE, PROT_READ));
    touch("write to it", mine + PAGE, 1);
    result("and writable again", mprotect(mine, 3 * PAGE, RW));
    mine[0] = mine[PAGE] = '1';
    printf("written: %c %c, the file %c %c\n", mine[0], mine[PAGE], in_file(0), in_file(PAGE));
    result("unmap the middle", munmap(mine + PAGE, PAGE));
    printf("left: %c %c\n", mine[0], mine[2 * PAGE]);
    munmap(mine, 3 * PAGE);
    munmap(yours, 2 * PAGE);
}

static void shared_pages(void) {
    char *mine = map(3, RW, MAP_SHARED, 0), *yours = map(2, PROT_READ, MAP_SHARED, 1);
    char *copy = map(1, RW, MAP_PRIVATE, 0);
    printf("copied before: %c\n", copy[2] = copy[1]);
    mine[1] = 'S';
    mine[PAGE + 5] = 'T';
    printf("shared: %c %c, the file %c %c, the copy %c\n", mine[1], yours[5], in_file(1),
           in_file(PAGE + 5), copy[1]);
    put(PAGE + 6, 'P');
    printf("the file changes: %c %c\n", mine[PAGE + 6], yours[6]);
    touch("a child writes", mine + 8, 1);
    touch("a child writes where nobody has been", mine + 2 * PAGE + 8, 1);
    printf("afterwards: %c %c, the file %c %c\n", mine[8], yours[PAGE + 8], in_file(8),
           in_file(2 * PAGE + 8));
    touch("write to what may only be read", yours, 1);
    result("msync", msync(mine, 3 * PAGE, MS_SYNC));
    result("msync, not aligned", msync(mine + 1, PAGE, MS_SYNC));
    result("msync, both ways", msync(mine, PAGE, MS_SYNC | MS_ASYNC));
    result("msync, nothing", msync(mine, 0, MS_SYNC));
    munmap(mine + 2 * PAGE, PAGE);
    result("msync, the last page is not there", msync(mine, 3 * PAGE, MS_SYNC));
    result("msync, the first page is not there", msync(mine + 2 * PAGE, PAGE, MS_ASYNC));
    mine = mmap(mine, 3 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 0);
    result("split it", mprotect(mine + PAGE, PAGE, PROT_READ));
    printf("parts: %c %c %c\n", mine[0], mine[PAGE + 5], mine[2 * PAGE + 8]);
    munmap(mine, 3 * PAGE);
    munmap(yours, 2 * PAGE);
    printf("read into a mapping of the same page: ");
    mine = map(2, RW, MAP_SHARED, 0);
    printf("%ld", (long)pread(fd, mine + PAGE - 10, 20, PAGE + 4));
    printf(" %.4s\n", mine + PAGE - 10);
    munmap(mine, 2 * PAGE);
}

static void ends(void) {
    char *private = map(4, RW, MAP_PRIVATE, 0), *shared = map(4, RW, MAP_SHARED, 0);
    touch("private, last page", private + 2 * PAGE + 4000, 1);
    touch("private, behind it", private + 3 * PAGE + 3, 0);
    touch("private, behind it, a write", private + 3 * PAGE + 3, 1);
    touch("shared, behind it", shared + 3 * PAGE + 4, 0);
    number("read to behind the end", pread(fd, private + 3 * PAGE, 1, 0));
    int ends[2];
    number("a pipe", pipe(ends));
    number("write from behind the end", write(ends[1], private + 3 * PAGE, 1));
    close(ends[0]);
    close(ends[1]);
    private[PAGE + 200] = private[2 * PAGE] = 'p';
    shared[PAGE + 200] = 's';
    result("cut it", ftruncate(fd, PAGE + 100));
    printf("private: %c %c; shared: %c %d\n", private[PAGE], private[PAGE + 200], shared[PAGE],
           shared[PAGE + 200]);
    touch("private copy, cut off", private + 2 * PAGE, 0);
    touch("shared, cut off", shared + 2 * PAGE, 1);
    result("make it longer", ftruncate(fd, 4 * PAGE));
    touch("private copy, again", private + 2 * PAGE, 0);
    touch("shared, a hole", shared + 3 * PAGE, 1);
    printf("%c %c %d\n", shared[3 * PAGE], in_file(3 * PAGE), shared[PAGE + 200]);
    result("remove it", unlink("m"));
    close(fd);
    printf("removed and closed: %c %c\n", private[1], shared[0]);
    shared[0] = 'R';
    printf("its pages are there: %c\n", shared[0]);
    number("its name", access("m", F_OK));
    munmap(private, 4 * PAGE);
    munmap(shared, 4 * PAGE);
}

static void try(const char *what, long bytes, int prot, int flags, int file, long offset) {
    result(what, (long)mmap(NULL, bytes, prot, flags, file, offset));
}

static void errors(void) {
    int reads = open("m", O_RDONLY), writes = open("m", O_WRONLY), folder = open(".", O_RDONLY);
    int null = open("/dev/null", O_RDWR), ends[2];
    try("no file", PAGE, PROT_READ, MAP_PRIVATE, -1, 0);
    try("no file, nothing", 0, PROT_READ, MAP_PRIVATE, -1, 0);
    try("nothing", 0, PROT_READ, MAP_PRIVATE, reads, 0);
    try("no file, not aligned", PAGE, PROT_READ, MAP_PRIVATE, -1, 100);
    try("not aligned", PAGE, PROT_READ, MAP_SHARED, reads, 1);
    try("anonymous, not aligned", PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1);
    try("an offset that ends nowhere", PAGE, PROT_READ, MAP_SHARED, reads, -PAGE);
    try("neither private nor shared", PAGE, PROT_READ, 0, reads, 0);
    try("write-only, private", PAGE, PROT_WRITE, MAP_PRIVATE, writes, 0);
    try("write-only, shared", PAGE, PROT_WRITE, MAP_SHARED, writes, 0);
    try("write-only, no right", PAGE, PROT_NONE, MAP_SHARED, writes, 0);
    try("read-only, shared and written", PAGE, RW, MAP_SHARED, reads, 0);
    try("read-only, private and written", PAGE, RW, MAP_PRIVATE, reads, 0);
    try("validated, a flag nobody knows", PAGE, RW, VALIDATE | 0x200, fd, 0);
    try("validated, no replacement", PAGE, RW, VALIDATE | MAP_FIXED_NOREPLACE, fd, 0);
    try("shared, a flag nobody knows", PAGE, PROT_WRITE, MAP_SHARED | 0x200, reads, 0);
    try("validated, read-only and written", PAGE, RW, VALIDATE, reads, 0);
    try("validated, no file", PAGE, RW, VALIDATE | MAP_ANONYMOUS, -1, 0);
    try("a directory", PAGE, PROT_READ, MAP_PRIVATE, folder, 0);
    try("a device without memory", PAGE, PROT_READ, MAP_PRIVATE, null, 0);
    number("a pipe", pipe(ends));
    try("its reading end", PAGE, PROT_READ, MAP_PRIVATE, ends[0], 0);
    try("its writing end", PAGE, PROT_READ, MAP_PRIVATE, ends[1], 0);
    char *page = mmap(NULL, PAGE, RW, VALIDATE | NORESERVE, fd, 0);
    page[9] = 'V';
    printf("validated: the file has %c\n", in_file(9));
    munmap(page, PAGE);
    page = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, reads, 0);
    close(reads);
    result("let it be written", mprotect(page, 2 * PAGE, RW));
    result("a part of it", mprotect(page + PAGE, PAGE, RW));
    result("no right at all", mprotect(page, PAGE, PROT_NONE));
    touch("which holds", page, 0);
    result("read again", mprotect(page, PAGE, PROT_READ));
    printf("%c %c\n", page[PAGE - 1], page[PAGE]);
    page = mmap(page, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, PAGE);
    printf("another page in its place: %c\n", page[20]);
    munmap(page, 2 * PAGE);
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
    }
}

int main(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = fault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    fd = make("m");
    private_pages();
    shared_pages();
    errors();
    ends();
    return 0;
}
