// SPDX-License-Identifier: MIT
// One page on its way: before the fork, after it, after the child's write, after the parent's. What
// the program is told about the frame behind it, the grader compares with what it sees in memory
// itself.
#include <stdint.h>
#include <tine.h>

#include "pages.h"

static char *page;

static void work(int from_parent, int to_parent) {
    long frames[2];
    (void)from_parent;
    frames[0] = probe_frame_of(page);
    probe_stop(2);
    *page = 'c';
    frames[1] = probe_frame_of(page);
    probe_stop(3);
    tell(to_parent, frames, sizeof frames);
    await(from_parent);
}

int main(void) {
    long childs[2] = {-1, -1};
    page = map_pages(1, MAP_PRIVATE);
    *page = 'p';
    printf("the page at %#lx\n", (unsigned long)(uintptr_t)page);
    printf("before: frame 0x%lx\n", (unsigned long)probe_frame_of(page));
    probe_stop(1);
    struct child child = child_start(work);
    hear(child.from, childs, sizeof childs);
    printf("after the fork: the child has frame 0x%lx\n", (unsigned long)childs[0]);
    long own = probe_frame_of(page);
    printf("the child has written: it has frame 0x%lx, the parent 0x%lx\n",
           (unsigned long)childs[1], (unsigned long)own);
    *page = 'q';
    own = probe_frame_of(page);
    probe_stop(4);
    printf("the parent has written: it has frame 0x%lx\n", (unsigned long)own);
    go_on(child.to);
    child_finish(&child, &own, 0);
    return 0;
}
