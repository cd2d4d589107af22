// SPDX-License-Identifier: MIT
// MAP_SHARED memory is not copied, whoever writes: parent, child, grandchild.
#include <tine.h>

#include "pages.h"

static char *shared;

static void grandchild(void) {
    shared[2] = shared[0] == 'p' && shared[1] == 'c' ? 'g' : '?';
    shared[PAGE] = 'g';
    _exit(0);
}

static void work(int from_parent, int to_parent) {
    await(from_parent);
    shared[1] = shared[0] == 'p' ? 'c' : '?';
    pid_t pid = fork();
    if (pid == 0) {
        grandchild();
    }
    char found = ended(pid) == 0 && shared[2] == 'g' && shared[PAGE] == 'g' ? 'g' : '?';
    tell(to_parent, &found, 1);
}

int main(void) {
    char childs = 0;
    shared = map_pages(2, MAP_SHARED);
    shared[0] = 'o';
    struct child child = child_start(work);
    shared[0] = 'p';
    go_on(child.to);
    child_finish(&child, &childs, 1);
    probe_mark(1, shared[2]);
    printf("the parent finds %c%c%c and %c, the child %c\n", shared[0], shared[1], shared[2],
           shared[PAGE], childs);
    return 0;
}
