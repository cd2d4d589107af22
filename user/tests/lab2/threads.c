// SPDX-License-Identifier: MIT
// Two threads share memory, and a child shares its frames with both, copy-on-write. When one
// thread's write makes a copy, the other, on another processor, must read and write that copy, and
// the child must see nothing of it.
#include <sched.h>
#include <tine.h>

#include "../given/patience.h"
#include "pages.h"

enum { ROUNDS = 12, STACK_BYTES = 16384 };

static volatile unsigned *page;    // [0]: written by this thread, [1]: counted up by the other
static volatile unsigned *answers; // [0]: what the other has seen; [1]: it shall end
static char stack[STACK_BYTES] __attribute__((aligned(16)));

static void other_thread(void) {
    while (!answers[1]) {
        page[1] = page[1] + 1;
        answers[0] = page[0];
        sched_yield();
    }
    _exit(0);
}

// True when the other thread has counted on, as far as this one can see.
static int goes_on(void) {
    unsigned before = page[1];
    for (int i = 0; i < PATIENCE && page[1] - before < 3; i++) {
        sched_yield();
    }
    return page[1] != before;
}

// Sees for ever what there was when it was made.
static void watch(int from_parent, int to_parent) {
    unsigned before = page[0];
    unsigned others = page[1];
    go_on(to_parent);
    await(from_parent);
    char same = page[0] == before && page[1] == others;
    tell(to_parent, &same, 1);
}

int main(void) {
    int seen = 0;
    int kept = 0;
    page = (volatile unsigned *)(void *)map_pages(1, MAP_PRIVATE);
    answers = (volatile unsigned *)(void *)map_pages(1, MAP_SHARED);
    int thread = probe_thread(other_thread, stack + sizeof stack, 0);
    for (unsigned i = 1; i <= ROUNDS && seen + kept == 2 * ((int)i - 1); i++) {
        char same = 0;
        struct child child = child_start(watch);
        await(child.from);
        int counts = goes_on();
        page[0] = i;
        seen += comes_true(&answers[0], i) && counts && goes_on();
        go_on(child.to);
        child_finish(&child, &same, 1);
        ended(child.pid);
        kept += same;
    }
    answers[1] = 1;
    if (seen != kept) {
        puts(seen < kept ? "the threads do not see each other's writes" : "the child sees theirs");
    }
    printf("the other thread has ended: %d\n", ended(thread));
    printf("%d rounds: seen by the other thread in %d, kept by the child in %d\n", ROUNDS, seen,
           kept);
    return 0;
}
