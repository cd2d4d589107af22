// SPDX-License-Identifier: MIT
// Whoever writes first, the child or the parent: the other does not notice. On the stack, in the
// heap, among the data, in a mapping.
#include <stdlib.h>
#include <tine.h>

#include "pages.h"

enum { PAGES = 8, PLACES = 5 };

static const char *const names[PLACES] = {"stack", "heap", "data", "bss", "mapping"};
static char data[PAGE] = "p";
static char bss[PAGE];
static char *places[PLACES];

static void write_all(char value) {
    for (int i = 0; i < PLACES; i++) {
        *(volatile char *)places[i] = value;
    }
    fill_pages(places[PLACES - 1], PAGES, value);
}

// One bit for each place that does not hold `value`.
static unsigned unlike(char value) {
    unsigned bits = 0;
    for (int i = 0; i < PLACES; i++) {
        bits |= (unsigned)(*(volatile char *)places[i] != value) << i;
    }
    return bits | (unsigned)(pages_unlike(places[PLACES - 1], PAGES, value) > 0) << (PLACES - 1);
}

static void show(const char *what, unsigned bits) {
    printf("%s:", what);
    for (int i = 0; i < PLACES; i++) {
        if (bits >> i & 1) {
            printf(" %s", names[i]);
        }
    }
    puts(bits == 0 ? " nothing" : "");
}

static void child_first(int from_parent, int to_parent) {
    unsigned found[2] = {unlike('p'), 0};
    write_all('c');
    tell(to_parent, &found[0], sizeof found[0]);
    await(from_parent);
    found[1] = unlike('c'); // the parent has written, too
    tell(to_parent, &found[1], sizeof found[1]);
}

static void parent_first(int from_parent, int to_parent) {
    await(from_parent);
    unsigned found = unlike('q');
    write_all('d');
    tell(to_parent, &found, sizeof found);
}

int main(void) {
    char on_stack = 0;
    unsigned found = 0;
    places[0] = &on_stack;
    places[1] = malloc(1);
    places[2] = data;
    places[3] = bss;
    places[4] = map_pages(PAGES, MAP_PRIVATE);
    write_all('p');
    struct child child = child_start(child_first);
    hear(child.from, &found, sizeof found);
    show("not in the child as in the parent", found);
    found = unlike('p');
    probe_mark(1, found);
    show("the child has written; changed in the parent", found);
    write_all('q');
    go_on(child.to);
    child_finish(&child, &found, sizeof found);
    show("the parent has written, too; changed in the child", found);

    child = child_start(parent_first);
    write_all('r'); // at once: the processor may still remember that this is allowed
    go_on(child.to);
    child_finish(&child, &found, sizeof found);
    probe_mark(2, found);
    show("the parent has written first; changed in the child", found);
    show("and then the child; changed in the parent", unlike('r'));
    return 0;
}
