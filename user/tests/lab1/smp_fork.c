// SPDX-License-Identifier: MIT
// On two processors a child may begin the moment it can be found. It must be complete by then: each looks
// at once at what it should have, and uses it while its parent uses the same.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20, CHILDREN = 3, USES = 6 };

static int pipe_ends[2];
static int round_number;

// What is missing, as a bit each.
static int missing(pid_t parent, pid_t group) {
    sigset_t mask;
    struct sigaction action;
    char byte = 'x';
    errno = ENOENT; // in thread-local storage, if the library keeps it there
    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigaction(SIGUSR1, NULL, &action);
    return (getppid() != parent) | (getpid() == parent) << 1 | (getpgrp() != group) << 2 |
           (sigismember(&mask, SIGUSR2) != 1) << 3 | (action.sa_handler != SIG_IGN) << 4 |
           (errno != ENOENT) << 5 | (write(pipe_ends[1], &byte, 1) != 1) << 6;
}

// Takes one more claim to an open file that all have, and gives it up.
static void use_file(void) {
    for (int i = 0; i < USES; i++) {
        int copy = dup(pipe_ends[1]);
        close(copy);
    }
}

static int one_round(void) {
    pid_t parent = getpid();
    pid_t group = getpgrp();
    int complete = 0;
    for (int i = 0; i < CHILDREN; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            int bits = missing(parent, group);
            use_file();
            _exit(bits);
        }
        use_file();
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = 0;
        if (wait(&status) > 0 && status != 0) {
            printf("round %d: a child ended with status 0x%x\n", round_number, (unsigned)status);
        }
        complete += status == 0;
    }
    return complete;
}

int main(void) {
    char bytes[ROUNDS * CHILDREN + 1];
    int complete = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGUSR1, &ignore, NULL);
    if (pipe(pipe_ends) < 0) {
        return 1;
    }
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        complete += one_round();
    }
    printf("%d children were complete when they began\n", complete);
    close(pipe_ends[1]);
    printf("%d bytes came through the pipe\n", (int)read(pipe_ends[0], bytes, sizeof bytes));
    printf("and then its end: %d\n", (int)read(pipe_ends[0], bytes, sizeof bytes));
    return 0;
}
