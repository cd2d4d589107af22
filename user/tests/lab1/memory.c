// SPDX-License-Identifier: MIT
// The child has its parent's memory as it was at the fork; from then on neither sees what the other
// writes. One byte each on the stack, in the heap, among the data and in a mapping, and one in each
// of many pages.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <tine.h>

#include "child.h"

#define PAGE 4096
enum { PAGES = 40, PLACES = 5 };

static const char *const names[PLACES] = {"stack", "heap", "data", "bss", "mapping"};
static char data[PAGE] = "p";
static char bss[PAGE];
static char *heap;
static char *mapping;
static char *stack;

static char *place(int i) {
    char *const places[PLACES] = {stack, heap, data, bss, mapping};
    return places[i];
}

static void fill(char value) {
    for (int i = 0; i < PLACES; i++) {
        *place(i) = value;
    }
    for (int i = 0; i < PAGES; i++) {
        mapping[i * PAGE] = value;
    }
}

// One bit for each place that does not hold `value`.
static unsigned differing(char value) {
    unsigned bits = 0;
    for (int i = 0; i < PLACES; i++) {
        bits |= (unsigned)(*place(i) != value) << i;
    }
    for (int i = 0; i < PAGES; i++) {
        bits |= (unsigned)(mapping[i * PAGE] != value) << (PLACES - 1);
    }
    return bits;
}

static void show(const char *what, unsigned bits) {
    printf("%s: ", what);
    for (int i = 0; i < PLACES; i++) {
        if (bits >> i & 1) {
            printf("%s ", names[i]);
        }
    }
    puts(bits == 0 ? "nothing" : "");
}

static void work(int from_parent, int to_parent) {
    unsigned found[2];
    found[0] = differing('p');
    fill('c');
    probe_stop(2);
    tell(to_parent, &found[0], sizeof found[0]);
    await(from_parent);
    found[1] = differing('c');
    probe_mark(1, found[0]);
    probe_mark(2, found[1]);
    tell(to_parent, &found[1], sizeof found[1]);
}

int main(void) {
    char on_stack = 0;
    stack = &on_stack;
    heap = malloc(1);
    mapping = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);
    if (heap == NULL || mapping == MAP_FAILED) {
        puts("no memory");
        return 1;
    }
    fill('p');
    probe_stop(1);
    struct child child = child_start(work);
    unsigned at_first = 0;
    unsigned at_last = 0;
    if (!hear(child.from, &at_first, sizeof at_first)) {
        puts("the child ended before it could tell");
        return 1;
    }
    unsigned own = differing('p');
    probe_mark(3, own);
    fill('q');
    go_on(child.to);
    child_finish(&child, &at_last, sizeof at_last);
    show("not in the child as in the parent", at_first);
    show("changed in the parent by the child", own);
    show("changed in the child by the parent", at_last);
    return 0;
}
