// SPDX-License-Identifier: MIT
// Two threads share descriptors, and each sets and clears the flags of its own, on two processors
// at the same time. No flag is lost, none appears: neither when it is set, nor when a descriptor
// is made or closed beside it.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <tine.h>

#include "itself.h"

enum { ROUNDS = 60, STACK_BYTES = 16384, OWN = 8, FIRST = 20, OTHERS = 40 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile unsigned *shared; // [0]: the other has begun; [1]: it is done; [2]: its mistakes

// Gives eight descriptors flags, each round other ones, and looks whether they keep them.
static unsigned set_and_look(int first) {
    unsigned wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < OWN; i++) {
            int flag = (round + i) % 2;
            if (i % 4 < 2) {
                fcntl(first + i, F_SETFD, flag);
            } else {
                dup3(0, first + i, flag ? O_CLOEXEC : 0);
            }
        }
        for (int i = 0; i < OWN; i++) {
            wrong += fcntl(first + i, F_GETFD) != (round + i) % 2;
        }
    }
    return wrong;
}

static void other_thread(void) {
    shared[0] = 1;
    shared[2] = set_and_look(OTHERS);
    shared[1] = 1;
    _exit(0);
}

int main(void) {
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < OWN; i++) {
        dup2(0, FIRST + i);
        dup2(0, OTHERS + i);
    }
    pid_t thread = probe_thread(other_thread, stack + sizeof stack, 1);
    while (!shared[0]) {
        __builtin_ia32_pause();
    }
    unsigned wrong = set_and_look(FIRST);
    while (!shared[1]) {
        __builtin_ia32_pause();
    }
    printf("the other thread has ended: %d\n", outcome(thread));
    printf("flags that were lost or appeared: %u here, %u there\n", wrong, shared[2]);
    return 0;
}
