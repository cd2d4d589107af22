// SPDX-License-Identifier: MIT
// Threads that share their memory look for programs at the same time, each for its own, and each
// with arguments of its own: for programs, and for texts, which are the shell's.
#include <stdbool.h>
#include <sys/stat.h>
#include <tine.h>

#include "../given/patience.h"
#include "family.h"

enum { ROUNDS = 20, STACK_BYTES = 65536, LONG = 400 };

#define PROGRAM ITSELF("path_thread")
#define END ((char *)NULL)

static volatile int ready; // both begin when both are there
static bool texts;
static char stacks[2][STACK_BYTES] __attribute__((aligned(16)));

static void meet(void) {
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < PATIENCE && ready < 2; i++) {
        sched_yield();
    }
}

static void become_first(void) {
    meet();
    const char *name = texts ? "text-one" : "program-one";
    execlp(name, name, "1", "1", "1", END);
    _exit(EXEC_FAILED + errno);
}

static void become_second(void) {
    meet();
    const char *name = texts ? "text" : "two";
    execlp(name, name, "2", "2", "2", END);
    _exit(EXEC_FAILED + errno);
}

// Behind #! are its place and its path, then the words of its thread: whether they are these.
static int check_words(int argc, char **argv) {
    const char *word = atoi(argv[1]) == FIRST ? "1" : "2";
    for (int i = 3; i < 6; i++) {
        if (argc != 6 || strcmp(argv[i], word) != 0) {
            return 1;
        }
    }
    return tell_place(argv);
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

static void race(const char *what) {
    int first = 0;
    int second = 0;
    for (int i = 0; i < ROUNDS; i++) {
        ready = 0;
        pid_t one = probe_thread(become_first, stacks[0] + STACK_BYTES, 0);
        pid_t two = probe_thread(become_second, stacks[1] + STACK_BYTES, 0);
        first += outcome(one) == FIRST;
        second += outcome(two) == SECOND;
    }
    printf("%s: of %d, %d were the first's, and %d the second's\n", what, ROUNDS, first, second);
}

int main(int argc, char **argv) {
    if (getpid() != 1) {
        return check_words(argc, argv);
    }
    mkdir("first", 0755);
    put_program("first/program-one", PROGRAM, FIRST);
    put_program("first/two", PROGRAM, SECOND);
    make_script("first/text-one", "[ $# = 3 ] && [ $1$2$3 = 111 ] && exit 12\n", 0755);
    make_script("first/text", "[ $# = 3 ] && [ $1$2$3 = 222 ] && exit 13\n", 0755);
    setenv("PATH", long_path("first"), 1);
    char **environment = environ;
    race("programs");
    texts = true;
    race("texts");
    printf("the environment: %s\n", environ == environment ? "as before" : "changed");
    return 0;
}
