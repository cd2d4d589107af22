// SPDX-License-Identifier: MIT
// forktest [count]: makes so many children, one after the other and then some at once, and looks
// whether each has memory of its own and ends with the status it should.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools.h"

enum { DEFAULT_COUNT = 50, AT_ONCE = 8, STATUSES = 200 };

static int number; // each child sets it; the parent must never see that

static _Noreturn void be_child(int i) {
    bool fresh = number == -1;
    number = i;
    _exit(fresh && number == i ? i % STATUSES : STATUSES + 1);
}

static pid_t make_child(int i) {
    pid_t pid = fork();
    if (pid == 0) {
        be_child(i);
    }
    return pid;
}

// Waits for the child, and checks what it has told. False, and a message, if something is wrong.
static bool collect(pid_t pid, int i) {
    int status;
    pid_t got = waitpid(pid, &status, 0);
    if (got != pid) {
        printf("forktest: waiting for child %d (pid %d): %d, %s\n", i, (int)pid, (int)got,
               strerror(errno));
        return false;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != i % STATUSES) {
        printf("forktest: child %d ended with status 0x%x, not 0x%x\n", i, (unsigned)status,
               (unsigned)(i % STATUSES) << 8);
        return false;
    }
    if (number != -1) {
        printf("forktest: child %d changed its parent's memory\n", i);
        return false;
    }
    return true;
}

static bool one_after_the_other(int count) {
    for (int i = 0; i < count; i++) {
        pid_t pid = make_child(i);
        if (pid < 0) {
            printf("forktest: fork %d: %s\n", i, strerror(errno));
            return false;
        }
        if (!collect(pid, i)) {
            return false;
        }
    }
    return true;
}

// The last one made is the first to be waited for.
static bool at_once(void) {
    pid_t pids[AT_ONCE];
    int made = 0;
    while (made < AT_ONCE && (pids[made] = make_child(made)) > 0) {
        made++;
    }
    bool right = made == AT_ONCE;
    if (!right) {
        printf("forktest: fork %d of %d at once: %s\n", made, AT_ONCE, strerror(errno));
    }
    while (made > 0) {
        made--;
        right = collect(pids[made], made) && right;
    }
    return right;
}

int forktest_main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : DEFAULT_COUNT;
    number = -1;
    if (!one_after_the_other(count) || !at_once()) {
        return 1;
    }
    bool nobody_left = wait(NULL) == -1 && errno == ECHILD;
    if (!nobody_left) {
        printf("forktest: there is still a child, after all have been waited for\n");
        return 1;
    }
    printf("forktest: %d children one after the other, %d at once: each as it should be\n", count,
           AT_ONCE);
    return 0;
}
