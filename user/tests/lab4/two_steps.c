// SPDX-License-Identifier: MIT
// The leak that O_CLOEXEC is for, shown happening. One thread opens a descriptor and sets the
// flag, in two steps; between the two another thread, which shares the descriptors, starts a
// program. That has the descriptor. If it is opened with the flag, in one step, then at the same
// moment the program has not. Here the threads take turns, so that it happens each time.
#define _GNU_SOURCE
#include <fcntl.h>
#include <tine.h>

#include "../given/patience.h"
#include "itself.h"

enum { STACK_BYTES = 16384, LEAKED = 7, NOT_LEAKED = 8, GIVEN = 20 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile unsigned turn; // 0: who opens, 1: who starts a program
static volatile int opened;    // the descriptor, or -1: no more
static volatile int answer;

static int with_open(int flags) {
    return open("secret", O_RDONLY | flags);
}

static int with_pipe(int flags) {
    int ends[2];
    pipe2(ends, flags);
    close(ends[0]);
    return ends[1];
}

static int with_dup(int flags) {
    return flags ? dup3(GIVEN, GIVEN + 1, flags) : dup2(GIVEN, GIVEN + 1);
}

static int with_fcntl(int flags) {
    return fcntl(GIVEN, flags ? F_DUPFD_CLOEXEC : F_DUPFD, GIVEN);
}

// The stranger: does it have the descriptor?
static int be_started(const char *number) {
    return fcntl(atoi(number), F_GETFD) >= 0 ? LEAKED : NOT_LEAKED;
}

static void start_programs(void) {
    for (;;) {
        if (!comes_true(&turn, 1)) {
            _exit(1);
        }
        if (opened < 0) {
            _exit(0);
        }
        char number[16];
        snprintf(number, sizeof number, "%d", opened);
        answer = execute(ITSELF("two_steps"), WORDS("stranger", number), NO_WORDS);
        turn = 0;
    }
}

static void try_it(const char *what, int (*make)(int flags)) {
    for (int atomic = 0; atomic < 2; atomic++) {
        int fd = make(atomic ? O_CLOEXEC : 0);
        opened = fd;
        turn = 1; // now, of all moments, the other thread starts a program
        int waited = comes_true(&turn, 0);
        if (!atomic) {
            fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
        printf("%s, %s: %s; in the end the flag is %s\n", what, atomic ? "one step" : "two steps",
               !waited                ? "no answer"
               : answer == LEAKED     ? "a stranger has it"
               : answer == NOT_LEAKED ? "nobody else has it"
                                      : "the program could not be executed",
               fcntl(fd, F_GETFD) == FD_CLOEXEC ? "set" : "not set");
        close(fd);
    }
}

int main(int argc, char **argv) {
    if (argc > 1) {
        return be_started(argv[1]);
    }
    close(open("secret", O_WRONLY | O_CREAT, 0600));
    int file = open("secret", O_RDONLY);
    dup2(file, GIVEN);
    close(file);
    pid_t thread = probe_thread(start_programs, stack + sizeof stack, 1);
    try_it("open", with_open);
    try_it("pipe", with_pipe);
    try_it("dup", with_dup);
    try_it("fcntl", with_fcntl);
    opened = -1;
    turn = 1;
    printf("the other thread has ended: %d\n", outcome(thread));
    return 0;
}
