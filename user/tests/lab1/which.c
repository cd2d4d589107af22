// SPDX-License-Identifier: MIT
// waitpid takes the child it is asked for, and nobody else's. Of two that have ended, each in turn
// is asked for first; then groups; then those that are no children.
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

static pid_t group; // the child joins or makes it, unless 0 says: stay

static void ends(int from_parent, int to_parent) {
    (void)from_parent;
    (void)to_parent;
    setpgid(0, group);
}

static void stays(int from_parent, int to_parent) {
    struct child child = child_start(ends);
    tell(to_parent, &child.pid, sizeof child.pid);
    await(from_parent);
    waitpid(child.pid, NULL, 0);
}

// Starts a child that ends, and waits until it has.
static pid_t ended(pid_t its_group) {
    siginfo_t info;
    group = its_group;
    struct child child = child_start(ends);
    waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT);
    close(child.from);
    close(child.to);
    return child.pid;
}

static const char *answer(pid_t asked, pid_t wanted) {
    errno = 0;
    pid_t got = waitpid(asked, NULL, 0);
    probe_mark(1, got);
    return got == wanted ? "that one" : got > 0 ? "another" : errno == ECHILD ? "ECHILD" : "?";
}

int main(void) {
    pid_t grandchild = 0;
    setsid(); // unless it leads one already
    pid_t own = getpgrp();
    pid_t first = ended(own);
    pid_t second = ended(own);
    printf("two have ended. The first asked for: %s\n", answer(first, first));
    printf("the second asked for: %s\n", answer(second, second));
    first = ended(own);
    second = ended(own);
    printf("two have ended. The second asked for: %s\n", answer(second, second));
    printf("the first asked for: %s\n", answer(first, first));

    pid_t apart = ended(0);
    pid_t here = ended(own);
    printf("one of the caller's group (0) asked for: %s\n", answer(0, here));
    printf("one of the other group asked for: %s\n", answer(-apart, apart));
    here = ended(own);
    apart = ended(0);
    printf("one of the other group asked for: %s\n", answer(-apart, apart));
    printf("one of the caller's group (0) asked for: %s\n", answer(0, here));

    apart = ended(0);
    pid_t member = ended(apart);
    waitpid(apart, NULL, 0);
    printf("one of a group that has lost its leader asked for: %s\n", answer(-apart, member));

    struct child child = child_start(stays);
    hear(child.from, &grandchild, sizeof grandchild);
    printf("a grandchild asked for: %s\n", answer(grandchild, grandchild));
    printf("the caller itself asked for: %s\n", answer(getpid(), getpid()));
    printf("a group without children asked for: %s\n", answer(-30000, -30000));
    go_on(child.to);
    printf("any child asked for: %s\n", answer(-1, child.pid));
    return 0;
}
