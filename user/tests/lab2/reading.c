// SPDX-License-Identifier: MIT
// What only reads costs nothing: no fault and no frame, in the child and in the parent. Between the
// marks nothing but reads happens.
#include <tine.h>

#include "pages.h"

enum { PAGES = 64 };

static char *pages;

static unsigned sum(void) {
    unsigned total = 0;
    for (size_t i = 0; i < PAGES; i++) {
        total += *(volatile unsigned char *)&pages[i * PAGE + i];
    }
    return total;
}

static unsigned read_all(int id) {
    probe_mark(id, 0); // what this call needs of the stack it has from now on
    probe_mark(id + 1, 0);
    unsigned total = sum();
    probe_mark(id + 2, (long)total);
    return total;
}

static void work(int from_parent, int to_parent) {
    (void)from_parent;
    unsigned total = read_all(1);
    tell(to_parent, &total, sizeof total);
}

int main(void) {
    unsigned childs = 0;
    pages = map_pages(PAGES, MAP_PRIVATE);
    fill_pages(pages, PAGES, 2);
    struct child child = child_start(work);
    unsigned own = read_all(11);
    child_finish(&child, &childs, sizeof childs);
    printf("the child read %u, the parent %u\n", childs, own);
    return 0;
}
