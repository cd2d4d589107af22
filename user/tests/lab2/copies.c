// SPDX-License-Identifier: MIT
// As many copies as pages that are written to while others have them, and not one more. Between the
// marks nothing but these writes happens.
#include <tine.h>

#include "pages.h"

enum { PAGES = 64, FIRST = 17, SECOND = 22 };

static char *pages;

// Writes to `count` pages, every third one, three times each.
static void write_some(int id, size_t count, char value) {
    probe_mark(id, 0); // what this call needs of the stack it has from now on
    probe_mark(id + 1, 0);
    for (size_t i = 0; i < count; i++) {
        volatile char *page = pages + 3 * i % PAGES * PAGE;
        page[0] = value;
        page[PAGE / 2] = value;
        page[PAGE - 1] = value;
    }
    probe_mark(id + 2, 0);
}

static void work(int from_parent, int to_parent) {
    write_some(1, FIRST, 'c');
    go_on(to_parent);
    await(from_parent);
    unsigned unlike = pages_unlike(pages, PAGES, 'p');
    tell(to_parent, &unlike, sizeof unlike);
}

int main(void) {
    unsigned childs = 0;
    pages = map_pages(PAGES, MAP_PRIVATE);
    fill_pages(pages, PAGES, 'p');
    struct child child = child_start(work);
    await(child.from);
    // The child has left 17 of these to the parent alone; 5 more it still has.
    write_some(11, SECOND, 'q');
    go_on(child.to);
    child_finish(&child, &childs, sizeof childs);
    wait(NULL);
    write_some(21, PAGES, 'r'); // all the rest is the parent's again
    printf("changed in the child: %u pages, in the parent: %u\n", childs,
           pages_unlike(pages, PAGES, 'p'));
    return 0;
}
