// SPDX-License-Identifier: MIT
// madvise: what is no longer needed is gone, and hints change nothing.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#include "errors.h"

enum { PAGE = 4096, PAGES = 8 };

static long advise(void *start, size_t bytes, int advice) {
    return syscall(SYS_madvise, start, bytes, advice);
}

static char *map(int flags, int fd) {
    return mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static void fill(char *memory, char c) {
    for (int i = 0; i < PAGES; i++) {
        memory[i * PAGE] = c;
    }
}

static void show(const char *what, const char *memory) {
    printf("%s:", what);
    for (int i = 0; i < PAGES; i++) {
        printf(" %c", memory[i * PAGE] == '\0' ? '-' : memory[i * PAGE]);
    }
    printf("\n");
}

static void private_memory(void) {
    char *memory = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    fill(memory, 'a');
    pages_present(); // which takes pages itself at first
    long before = pages_present();
    long answer = advise(memory + PAGE, 2 * PAGE, MADV_DONTNEED);
    long after = pages_present();
    result("two pages", answer);
    printf("  given back: %ld\n", before - after);
    show("  now", memory);
    mprotect(memory + 4 * PAGE, PAGE, PROT_READ);
    result("part of a page, read-only", advise(memory + 4 * PAGE, 1, MADV_DONTNEED));
    show("  now", memory);
    pid_t pid = fork();
    if (pid == 0) {
        result("in a child, all", advise(memory, PAGES * PAGE, MADV_DONTNEED));
        show("  the child's", memory);
        memory[0] = 'c';
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    show("the parent's", memory);
    munmap(memory + 2 * PAGE, PAGE);
    memory[PAGE] = 'b';
    result("across a hole", advise(memory, PAGES * PAGE, MADV_DONTNEED));
    printf("  before it: %d, behind it: %d\n", memory[PAGE], memory[7 * PAGE]);
    result("a hint across a hole", advise(memory, PAGES * PAGE, MADV_WILLNEED));
    munmap(memory, PAGES * PAGE);
}

static void other_memory(void) {
    char *memory = map(MAP_SHARED | MAP_ANONYMOUS, -1);
    fill(memory, 's');
    result("shared", advise(memory, PAGES * PAGE, MADV_DONTNEED));
    show("  now", memory);
    int fd = open("file", O_RDWR | O_CREAT, 0644);
    for (int i = 0; i < PAGES; i++) {
        pwrite(fd, "f", 1, (off_t)i * PAGE);
    }
    char *own = map(MAP_PRIVATE, fd);
    fill(own, 'o');
    result("a file's, private", advise(own, 3 * PAGE, MADV_DONTNEED));
    show("  now", own);
    char *of_file = map(MAP_SHARED, fd);
    fill(of_file, 'w');
    result("a file's, shared", advise(of_file, PAGES * PAGE, MADV_DONTNEED));
    show("  now", of_file);
    close(fd);
}

static void arguments(void) {
    static const int hints[] = {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED};
    char *memory = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    fill(memory, 'h');
    for (int i = 0; i < 4; i++) {
        result("hint", advise(memory, PAGES * PAGE, hints[i]));
    }
    show("  now", memory);
    result("unknown advice", advise(memory, PAGE, 99));
    result("more unknown advice", advise(memory, PAGE, -1));
    result("not at a page", advise(memory + 1, PAGE, MADV_DONTNEED));
    result("nothing", advise(memory, 0, MADV_DONTNEED));
    result("nothing, nowhere", advise(NULL, 0, MADV_DONTNEED));
    result("nowhere", advise(NULL, PAGE, MADV_DONTNEED));
    result("the whole world", advise(memory, (size_t)-1, MADV_DONTNEED));
    result("the whole world but a page", advise(memory, (size_t)-PAGE, MADV_DONTNEED));
    result("the kernel's", advise((void *)0xffff800000100000, PAGE, MADV_DONTNEED));
    show("  now", memory);
}

int main(void) {
    private_memory();
    other_memory();
    arguments();
    return 0;
}
