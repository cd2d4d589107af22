// SPDX-License-Identifier: MIT
// Threads that share their memory look for programs at the same time, each for its own.
#include <sys/stat.h>
#include <tine.h>

#include "../given/patience.h"
#include "family.h"

enum { ROUNDS = 20, STACK_BYTES = 65536, LONG = 400 };

#define PROGRAM ITSELF("path_thread")

static volatile int ready; // both begin when both are there
static char stacks[2][STACK_BYTES] __attribute__((aligned(16)));

static void meet(void) {
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < PATIENCE && ready < 2; i++) {
        sched_yield();
    }
}

static void become_first(void) {
    meet();
    execvp("program-one", WORDS("1"));
    _exit(EXEC_FAILED + errno);
}

static void become_second(void) {
    meet();
    execlp("two", "two", (char *)NULL);
    _exit(EXEC_FAILED + errno);
}

// A long way to a directory: what takes long to fetch is more easily disturbed.
static const char *long_path(const char *directory) {
    static char path[LONG + 16];
    for (int i = 0; i < LONG; i += 2) {
        memcpy(path + i, "./", 2);
    }
    strcpy(path + LONG, directory);
    return path;
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    put_program("first/program-one", PROGRAM, FIRST);
    put_program("first/two", PROGRAM, SECOND);
    setenv("PATH", long_path("first"), 1);
    char **environment = environ;
    int first = 0;
    int second = 0;
    for (int i = 0; i < ROUNDS; i++) {
        ready = 0;
        pid_t one = probe_thread(become_first, stacks[0] + STACK_BYTES, 0);
        pid_t two = probe_thread(become_second, stacks[1] + STACK_BYTES, 0);
        first += outcome(one) == FIRST;
        second += outcome(two) == SECOND;
    }
    printf("of %d, %d have found the first, and %d the second\n", ROUNDS, first, second);
    printf("the environment: %s\n", environ == environment ? "as before" : "changed");
    return 0;
}
