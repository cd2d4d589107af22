// SPDX-License-Identifier: MIT
// Threads that share their memory look for programs at the same time, each for its own.
#include <sys/stat.h>
#include <tine.h>

#include "family.h"

enum { ROUNDS = 20, STACK_BYTES = 65536 };

#define PROGRAM ITSELF("path_thread")

static char stacks[2][STACK_BYTES] __attribute__((aligned(16)));

// Nobody says anything but ENOENT until it is found: errno is theirs in common, too.
static void become_first(void) {
    execvp("program-one", WORDS("1"));
    _exit(EXEC_FAILED + errno);
}

static void become_second(void) {
    execlp("two", "two", (char *)NULL);
    _exit(EXEC_FAILED + errno);
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    mkdir("second", 0755);
    put_program("first/program-one", PROGRAM, FIRST);
    put_program("second/two", PROGRAM, SECOND);
    setenv("PATH", "missing:a:longer-one:b:missing:c:first:d:another-one:e:second", 1);
    char **environment = environ;
    int first = 0;
    int second = 0;
    for (int i = 0; i < ROUNDS; i++) {
        pid_t one = probe_thread(become_first, stacks[0] + STACK_BYTES, 0);
        pid_t two = probe_thread(become_second, stacks[1] + STACK_BYTES, 0);
        first += outcome(one) == FIRST;
        second += outcome(two) == SECOND;
    }
    printf("of %d, %d have found the first, and %d the second\n", ROUNDS, first, second);
    printf("the environment: %s\n", environ == environment ? "as before" : "changed");
    return 0;
}
