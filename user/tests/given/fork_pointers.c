// SPDX-License-Identifier: MIT
// Every call about children that takes a pointer, with pointers that are wrong in every way. The
// child is made, or collected, all the same.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "pointers.h"

// With a child that has ended.
static const struct call waits[] = {
    {"wait4", SYS_wait4, {-1, BAD, 0, 0}, 0, RESULT(4)},
    {"wait4", SYS_wait4, {-1, 0, 0, BAD}, 0, RESULT(144)},
    {"waitid", SYS_waitid, {P_ALL, 0, BAD, WEXITED, 0}, 0, RESULT(28)},
    {"waitid", SYS_waitid, {P_ALL, 0, 0, WEXITED, BAD}, 0, RESULT(144)},
};

// With one that goes on.
static const struct call looks[] = {
    {"wait4, not yet", SYS_wait4, {-1, BAD, WNOHANG, BAD}, 0, RESULT(144)},
    {"waitid, not yet", SYS_waitid, {P_ALL, 0, BAD, WEXITED | WNOHANG, 0}, 0, RESULT(28)},
    {"waitid, not yet", SYS_waitid, {P_ALL, 0, 0, WEXITED | WNOHANG, BAD}, 0, RESULT(144)},
};

static const struct call questions[] = {
    {"wait4, nobody", SYS_wait4, {-1, BAD, 0, BAD}, 0, RESULT(144)},
    {"waitid, nobody", SYS_waitid, {P_ALL, 0, BAD, WEXITED, BAD}, 0, RESULT(144)},
};

static const struct call clones[] = {
    {"clone", SYS_clone, {SIGCHLD | CLONE_PARENT_SETTID, 0, BAD, 0}, 0, RESULT(4)},
    {"clone", SYS_clone, {SIGCHLD | CLONE_CHILD_SETTID, 0, 0, BAD}, 0, RESULT(4)},
    {"clone", SYS_clone, {SIGCHLD | CLONE_CHILD_CLEARTID, 0, 0, BAD}, 0, RESULT(4)},
};

static const struct call stacks[] = {
    {"clone", SYS_clone, {SIGCHLD, BAD, 0, 0}, 0, RESULT(16)},
};

static void make_zombie(void) {
    if (fork() == 0) {
        _exit(0);
    }
}

static void none_is_left(const char *place, long value) {
    (void)value;
    while (wait(NULL) > 0) {
        printf("  %s: not collected\n", place);
    }
}

static void ends_well(const char *place, long value) {
    int status = 0;
    if (waitpid((pid_t)value, &status, 0) != value || status != 0) {
        printf("  %s: the child's status is %x\n", place, status);
    }
}

static void ends_badly(const char *place, long value) {
    int status = 0;
    if (waitpid((pid_t)value, &status, 0) != value || WIFEXITED(status)) {
        printf("  %s: the child goes on\n", place);
    }
}

int main(void) {
    map_places();
    TRY_ALL(waits, make_zombie, none_is_left);
    TRY_ALL(questions, nothing_before, nothing_after);
    TRY_ALL(clones, nothing_before, ends_well);
    TRY_ALL(stacks, nothing_before, ends_badly);
    pid_t child = fork();
    if (child == 0) {
        for (;;) {
            pause();
        }
    }
    TRY_ALL(looks, nothing_before, nothing_after);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return 0;
}
