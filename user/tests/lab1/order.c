// SPDX-License-Identifier: MIT
// Eight children end in an order of their own. wait finds each of them once, with its own status,
// when all have ended before it is called; and the one that has ended, while the others live.
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>

#include "child.h"

enum { CHILDREN = 8 };

static int number;

static void waits(int from_parent, int to_parent) {
    (void)to_parent;
    await(from_parent);
    _exit(number);
}

static int find(const struct child *children, pid_t pid) {
    for (int i = 0; i < CHILDREN; i++) {
        if (children[i].pid == pid) {
            return i;
        }
    }
    return -1;
}

// Returns how many children wait found, each once and with the right status.
static int collect(const struct child *children) {
    int found = 0;
    unsigned seen = 0;
    int status;
    pid_t pid;
    while ((pid = wait(&status)) > 0) {
        int i = find(children, pid);
        if (i >= 0 && (seen >> i & 1) == 0 && WIFEXITED(status) && WEXITSTATUS(status) == i) {
            found++;
            seen |= 1U << i;
        }
    }
    return errno == ECHILD ? found : -1;
}

static void start_all(struct child *children) {
    for (number = 0; number < CHILDREN; number++) {
        children[number] = child_start(waits);
    }
}

static void close_all(const struct child *children) {
    for (int i = 0; i < CHILDREN; i++) {
        close(children[i].from);
        close(children[i].to);
    }
}

int main(void) {
    struct child children[CHILDREN];
    siginfo_t info;
    start_all(children);
    for (int i = 0; i < CHILDREN; i++) { // 3, 6, 1, 4, 7, 2, 5, 0
        int next = (i + 1) * 3 % CHILDREN;
        go_on(children[next].to);
        waitid(P_PID, (id_t)children[next].pid, &info, WEXITED | WNOWAIT);
    }
    int found = collect(children);
    probe_mark(1, found);
    printf("all had ended before: %d found\n", found);
    close_all(children);

    start_all(children);
    found = 0;
    for (int i = 0; i < CHILDREN; i++) {
        int next = (i + 1) * 3 % CHILDREN;
        go_on(children[next].to);
        found += wait(NULL) == children[next].pid;
    }
    probe_mark(2, found);
    printf("one ends, the others live: %d times the right one\n", found);
    return 0;
}
