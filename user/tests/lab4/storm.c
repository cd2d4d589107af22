// SPDX-License-Identifier: MIT
// A table that two threads share, on two processors: one closes what the other reads from, one
// puts a copy where the other is opening a file. Who reads gets the file's byte or is told that
// there is none; a copy arrives or finds the place busy; and a file lives exactly as long as
// somebody has it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <tine.h>

#include "itself.h"

enum { ROUNDS = 60, STACK_BYTES = 16384, PLACE = 10 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile unsigned *shared; // [0]: the other has begun; [1]: it shall end; [2]: its rounds
static int first;                 // a file whose byte is 'a'
static ino_t inodes[2];           // those of the two files

static int make(const char *path, const char *text) {
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    write(fd, text, 1);
    fstat(fd, &status);
    inodes[text[0] == 'b'] = status.st_ino;
    return fd;
}

static void begin(void (*other)(void)) {
    shared[0] = shared[1] = shared[2] = 0;
    probe_thread(other, stack + sizeof stack, 1);
    while (!shared[0]) {
        __builtin_ia32_pause();
    }
}

static void finish(void) {
    shared[1] = 1;
    wait(NULL);
}

static void close_and_reopen(void) {
    while (!shared[1]) {
        int fd = open("a", O_RDONLY); // another file each time, which goes with its descriptor
        dup3(fd, PLACE, O_CLOEXEC);
        close(fd);
        close(PLACE);
        shared[0] = 1;
        shared[2]++;
    }
    _exit(0);
}

static void read_meanwhile(void) {
    unsigned wrong = 0;
    begin(close_and_reopen);
    for (int i = 0; i < ROUNDS; i++) {
        char byte = '?';
        unsigned before = shared[2];
        ssize_t got = pread(PLACE, &byte, 1, 0);
        wrong += !(got == 1 && byte == 'a') && !(got == -1 && errno == EBADF);
        while (shared[2] == before && i % 8 == 0) {
            __builtin_ia32_pause();
        }
    }
    finish();
    printf("reading what another closes: %u of %d times wrong\n", wrong, ROUNDS);
    dup3(first, PLACE, O_CLOEXEC);
    int flags = fcntl(PLACE, F_GETFD);
    dup2(first, PLACE);
    printf("its flag, when it comes back: %d, then %d\n", flags, fcntl(PLACE, F_GETFD));
    close(PLACE);
}

// The lowest free descriptor is where the copy goes.
static void copy_there(void) {
    unsigned wrong = 0;
    while (!shared[1]) {
        int got = dup2(first, first + 1);
        wrong += got != first + 1 && !(got == -1 && errno == EBUSY);
        shared[0] = 1;
    }
    _exit(wrong == 0 ? 0 : 1);
}

static int is_one_of_two(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 && (status.st_ino == inodes[0] || status.st_ino == inodes[1]);
}

static void open_meanwhile(void) {
    unsigned wrong = 0;
    begin(copy_there);
    for (int i = 0; i < ROUNDS; i++) {
        int fd = open("b", O_RDONLY);
        wrong += fd < 0 || fcntl(fd, F_GETFD) != 0 || !is_one_of_two(fd);
        close(first + 1);
        if (fd != first + 1) {
            close(fd);
        }
    }
    finish();
    printf("copying to where another opens: %u of %d times wrong\n", wrong, ROUNDS);
}

int main(void) {
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int second = make("b", "b");
    first = make("a", "a");
    close(second);
    int lowest = first;
    first = dup2(lowest, 5); // and all below it are in use
    for (int fd = dup(0); fd < first; fd = dup(0)) {
    }
    close(first + 1);
    read_meanwhile();
    open_meanwhile();
    close(first + 1);
    printf("findings: %ld\n", probe_audit());
    return 0;
}
