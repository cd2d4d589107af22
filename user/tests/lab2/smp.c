// SPDX-License-Identifier: MIT
// A parent and three children on four processors, who do the same to the pages that they share, all
// at the same time: write to them, have children, give them up. Everybody keeps its own, every
// frame comes back, and none comes back twice.
#include <sched.h>
#include <tine.h>

#include "pages.h"

enum { ROUNDS = 3, CHILDREN = 3, PAGES = 24, BLOCKS = 6, BLOCK = PAGES / BLOCKS };

static char *pages;
static volatile int *arrived; // at a line, in this round

// Returns when all have come here as often as this one, or do not come.
static void line_up(int times) {
    enum { PATIENCE = 200 };
    __atomic_add_fetch(arrived, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < PATIENCE && *arrived < times * (CHILDREN + 1); i++) {
        sched_yield();
    }
}

// Writes to all pages, beginning somewhere else than the next one, and looks whether it is there.
static int write_all(int who) {
    char own = (char)('a' + who);
    int right = 1;
    line_up(1);
    for (size_t i = 0; i < PAGES; i++) {
        size_t page = i + (size_t)(who & 1) * PAGES / 2;
        pages[page % PAGES * PAGE] = own;
    }
    for (size_t i = 0; i < PAGES; i++) {
        right = right && pages[i * PAGE] == own && pages[i * PAGE + 1] == 'p';
    }
    return right;
}

// All go through the pages in the same order, and keep in step.
static int give_up_all(int who) {
    (void)who;
    for (size_t block = 0; block < BLOCKS; block++) {
        line_up((int)block + 1);
        munmap(pages + block * BLOCK * PAGE, BLOCK * PAGE);
    }
    return 1;
}

static int fork_all(int who) {
    int right = 1;
    (void)who;
    for (int i = 0; i < BLOCKS; i++) {
        line_up(i + 1);
        pid_t pid = fork();
        if (pid == 0) {
            _exit(0);
        }
        right = ended(pid) == 0 && right;
    }
    return right;
}

static int one_round(int (*deed)(int who)) {
    pid_t children[CHILDREN];
    pages = map_pages(PAGES, MAP_PRIVATE);
    fill_pages(pages, PAGES, 'p');
    *arrived = 0;
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            _exit(deed(i + 1) ? 0 : 1);
        }
    }
    int right = deed(0);
    for (int i = 0; i < CHILDREN; i++) {
        right = ended(children[i]) == 0 && right;
    }
    munmap(pages, PAGES * PAGE);
    return right;
}

static int rounds(int (*deed)(int who)) {
    int right = 0;
    for (int i = 0; i < ROUNDS; i++) {
        right += one_round(deed);
    }
    return right;
}

int main(void) {
    arrived = (volatile int *)(void *)map_pages(1, MAP_SHARED);
    printf("%d rounds, in each everybody kept its own\n", rounds(write_all));
    printf("%d rounds, in each all had children together\n", rounds(fork_all));
    printf("%d rounds, in each all gave up the same pages together\n", rounds(give_up_all));
    return 0;
}
