// SPDX-License-Identifier: MIT
// mprotect around a fork. It may give back the right to write, but not to what others have.
#include <tine.h>

#include "pages.h"

#define RW (PROT_READ | PROT_WRITE)

static char *page;
static int before; // the protection at the time of the fork
static int after;  // what both set then, before RW

static void protect(int prot) {
    if (mprotect(page, PAGE, prot) < 0) {
        puts("mprotect failed");
    }
}

static void work(int from_parent, int to_parent) {
    char found[2];
    await(from_parent);
    protect(after);
    protect(RW);
    found[0] = *page;
    *page = 'c';
    go_on(to_parent);
    await(from_parent);
    found[1] = *page;
    tell(to_parent, found, sizeof found);
}

static void attempt(const char *what, int prot_before, int prot_after) {
    char found[2];
    char own[2];
    before = prot_before;
    after = prot_after;
    protect(RW);
    *page = 'p';
    protect(before);
    struct child child = child_start(work);
    protect(after);
    protect(RW);
    *page = 'q';
    go_on(child.to);
    await(child.from);
    own[0] = *page;
    *page = 'r';
    go_on(child.to);
    child_finish(&child, found, sizeof found);
    own[1] = *page;
    probe_mark(1, found[0]);
    printf("%s: child %c%c, parent %c%c\n", what, found[0], found[1], own[0], own[1]);
}

int main(void) {
    page = map_pages(1, MAP_PRIVATE);
    attempt("read-only, fork, writable", PROT_READ, PROT_READ);
    attempt("fork, read-only, writable", RW, PROT_READ);
    attempt("nobody's, fork, writable", PROT_NONE, PROT_NONE);
    attempt("fork, nobody's, writable", RW, PROT_NONE);
    return 0;
}
