// SPDX-License-Identifier: MIT
// Many who share a page: ten generations, each the child of the one before, and 300 siblings at the
// same time. Each finds what its parent had, and writes its own.
#include <tine.h>

#include "pages.h"

enum { GENERATIONS = 10, SIBLINGS = 300 };

static char *pages;
static int generation;
static pid_t siblings[SIBLINGS];

// How many generations from this one on have found what they should.
static int descend(void) {
    int right = pages_unlike(pages, GENERATIONS, 0) == (unsigned)generation;
    for (int i = 0; i < generation; i++) {
        right = right && pages_unlike(pages + (size_t)i * PAGE, 1, (char)(i + 1)) == 0;
    }
    if (generation == GENERATIONS) {
        return 0;
    }
    fill_pages(pages + (size_t)generation * PAGE, 1, (char)(generation + 1));
    pid_t pid = fork();
    if (pid == 0) {
        generation++;
        _exit(descend());
    }
    int below = ended(pid);
    int same = pages_unlike(pages + (size_t)generation * PAGE, 1, (char)(generation + 1)) == 0;
    return below + (right && same);
}

static void be_sibling(int number, int go) {
    char byte;
    int right = pages[0] == 'p';
    pages[0] = (char)number;
    right = right && read(go, &byte, 1) == 0 && pages[0] == (char)number && pages[1] == 'p';
    _exit(right);
}

int main(void) {
    int ends[2];
    int right = 0;
    pages = map_pages(GENERATIONS, MAP_PRIVATE);
    fill_pages(pages, GENERATIONS, 0);
    printf("10 generations: %d right\n", descend());
    fill_pages(pages, 1, 'p');
    if (pipe(ends) < 0) {
        return 1;
    }
    for (int i = 0; i < SIBLINGS; i++) {
        siblings[i] = fork();
        if (siblings[i] == 0) {
            close(ends[1]);
            be_sibling(i, ends[0]);
        }
    }
    printf("the parent's page: %s\n", pages_unlike(pages, 1, 'p') == 0 ? "as before" : "changed");
    close(ends[1]);
    for (int i = 0; i < SIBLINGS; i++) {
        right += ended(siblings[i]) == 1;
    }
    printf("300 siblings: %d right\n", right);
    probe_mark(1, right);
    return 0;
}
