// SPDX-License-Identifier: MIT
// There is no frame for a copy: whoever needed it dies, in user mode at once, in a system call on
// the way back; its parent and its brother go on with what they have. On Linux there is always one.
#include <fcntl.h>
#include <tine.h>

#include "pages.h"

enum { PAGES = 4 };

static char *pages;
static int file;

static void writes(void) {
    pages[PAGE] = 'c';
}

static void reads(void) {
    if (pread(file, pages + 2 * PAGE - 1, 2, 0) != 2) {
        puts("read has failed, and its caller lives"); // it must not come so far
    }
}

static void brother(int from_parent, int to_parent) {
    char found;
    await(from_parent);
    found = pages_unlike(pages, PAGES, 'p') == 0;
    fill_pages(pages, PAGES, 'b');
    found = found && pages_unlike(pages, PAGES, 'b') == 0;
    tell(to_parent, &found, 1);
}

static void attempt(const char *what, void (*deed)(void)) {
    char brothers = 0;
    struct child child = child_start(brother);
    pid_t pid = fork();
    if (pid == 0) {
        probe_mark(1, 0);
        probe_fail(INJECT_USER, 1);
        deed();
        _exit(0);
    }
    int how = ended(pid);
    unsigned changed = pages_unlike(pages, PAGES, 'p');
    go_on(child.to);
    child_finish(&child, &brothers, 1);
    wait(NULL);
    printf("%s: %s; changed in its parent: %u; its brother goes on: %s\n", what,
           how == 0 || how == 1000 + 9 ? "done, or dead" : "?", changed, brothers ? "yes" : "no");
}

int main(void) {
    pages = map_pages(PAGES, MAP_PRIVATE);
    fill_pages(pages, PAGES, 'p');
    file = open("scratch", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, "ff", 2) != 2) {
        puts("the test could not be set up");
        return 1;
    }
    attempt("a write", writes);
    attempt("a read into it", reads);
    fill_pages(pages, PAGES, 'q');
    printf("the parent writes: %u pages are wrong\n", pages_unlike(pages, PAGES, 'q'));
    return 0;
}
