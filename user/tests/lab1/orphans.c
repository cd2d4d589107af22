// SPDX-License-Identifier: MIT
// A child whose parent ends becomes a child of init, which is this program: getppid says so, and
// wait finds it. The keeper is there so that init is not the parent's parent.
//
//     init --- keeper (lives) --- parent (ends) --- orphans
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

enum { ORPHANS = 3 };

static int number;

static void orphan(int from_parent, int to_parent) {
    await(from_parent);
    pid_t parent = getppid();
    tell(to_parent, &parent, sizeof parent);
    _exit(20 + number);
}

// Makes orphans that talk with init: init's pipes are theirs.
static void leaves_orphans(int from_init, int to_init) {
    for (number = 0; number < ORPHANS; number++) {
        if (fork() == 0) {
            orphan(from_init, to_init);
        }
    }
    _exit(9);
}

static void keeper(int from_init, int to_init) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        leaves_orphans(from_init, to_init);
    }
    waitpid(pid, &status, 0);
    tell(to_init, &status, sizeof status);
    for (;;) {
        pause();
    }
}

int main(void) {
    int status = -1;
    int adopted = 0;
    int right = 0;
    int reaped = 0;
    struct child child = child_start(keeper);
    hear(child.from, &status, sizeof status);
    printf("the parent ended with %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    for (int i = 0; i < ORPHANS; i++) {
        pid_t parent = 0;
        go_on(child.to);
        hear(child.from, &parent, sizeof parent);
        adopted += parent == getpid();
    }
    probe_mark(1, adopted);
    printf("3 orphans; init is the parent of %d\n", adopted);
    kill(child.pid, SIGKILL);
    waitpid(child.pid, NULL, 0);
    while (wait(&status) > 0) {
        reaped++;
        right += WEXITSTATUS(status) >= 20 && WEXITSTATUS(status) < 20 + ORPHANS;
    }
    probe_mark(2, reaped);
    printf("init reaped %d, %d of them with the right status\n", reaped, right);
    return 0;
}
