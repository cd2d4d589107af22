// SPDX-License-Identifier: MIT
// Children have children: a chain of six, and eight at the same time. Each has a pid of its own,
// and the right parent.
#include <stdio.h>
#include <tine.h>

#include "child.h"

enum { DEPTH = 6, WIDTH = 8 };

static int depth;
static pid_t parent;

struct report {
    int processes; // this one and those below it
    int strangers; // of these: whose parent is not who forked them
};

static void chain(int from_parent, int to_parent) {
    struct report below = {0, 0};
    (void)from_parent;
    int stranger = getppid() != parent;
    parent = getpid();
    if (++depth < DEPTH) {
        struct child child = child_start(chain);
        child_finish(&child, &below, sizeof below);
    }
    struct report own = {below.processes + 1, below.strangers + stranger};
    tell(to_parent, &own, sizeof own);
}

static void one_of_many(int from_parent, int to_parent) {
    pid_t pid = getpid();
    await(from_parent);
    tell(to_parent, &pid, sizeof pid);
}

int main(void) {
    struct report all;
    struct child children[WIDTH];
    int right = 0;
    parent = getpid();
    struct child child = child_start(chain);
    child_finish(&child, &all, sizeof all);
    printf("a chain of %d, of which %d have the wrong parent\n", all.processes, all.strangers);
    for (int i = 0; i < WIDTH; i++) {
        children[i] = child_start(one_of_many);
    }
    for (int i = WIDTH - 1; i >= 0; i--) {
        pid_t pid = 0;
        go_on(children[i].to);
        child_finish(&children[i], &pid, sizeof pid);
        right += pid == children[i].pid;
    }
    printf("8 at the same time, of which %d are who they should be\n", right);
    return 0;
}
