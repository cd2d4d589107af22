// SPDX-License-Identifier: MIT
// One thread makes descriptors that close at an exec, in every way that is one step, again and
// again. Another, on another processor, starts programs meanwhile. None of these ever has such a
// descriptor, at whatever moment it was started.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <tine.h>

#include "itself.h"

enum { PROGRAMS = 40, STACK_BYTES = 16384, LAST = 40, PLACE = 20, CLEAN = 0 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile unsigned *shared; // [0]: rounds of the one who makes them; [1]: it shall end

static void make_again_and_again(void) {
    int file = open("secret", O_RDONLY | O_CLOEXEC);
    while (!shared[1]) {
        int ends[2] = {-1, -1};
        int opened = open("secret", O_RDONLY | O_CLOEXEC);
        pipe2(ends, O_CLOEXEC);
        dup3(file, PLACE, O_CLOEXEC);
        int copy = fcntl(file, F_DUPFD_CLOEXEC, PLACE + 1);
        close(copy);
        close(PLACE);
        close(ends[0]);
        close(ends[1]);
        close(opened);
        shared[0]++;
    }
    _exit(0);
}

// The program: which descriptor does it have that it should not?
static int be_started(void) {
    for (int fd = 3; fd < LAST; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            return fd;
        }
    }
    return CLEAN;
}

int main(int argc, char **argv) {
    (void)argv;
    int clean = 0;
    if (argc > 1) {
        return be_started();
    }
    for (int fd = 3; fd < LAST; fd++) {
        close(fd); // whoever started this may have left some
    }
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    close(open("secret", O_WRONLY | O_CREAT, 0600));
    pid_t thread = probe_thread(make_again_and_again, stack + sizeof stack, 1);
    while (shared[0] == 0) {
        __builtin_ia32_pause();
    }
    for (int i = 0; i < PROGRAMS; i++) {
        unsigned before = shared[0];
        int how = execute(ITSELF("race"), WORDS("race", "find"), NO_WORDS);
        clean += how == CLEAN;
        if (how != CLEAN) {
            printf("a program has descriptor %d: %s\n", how,
                   how == PLACE  ? "dup3"
                   : how > PLACE ? "F_DUPFD_CLOEXEC"
                   : how > 4     ? "pipe2"
                                 : "open");
            break;
        }
        while (shared[0] == before) {
            __builtin_ia32_pause();
        }
    }
    shared[1] = 1;
    printf("%d programs, %d without a descriptor of somebody else's\n", PROGRAMS, clean);
    printf("the other thread has ended: %d\n", outcome(thread));
    return 0;
}
