// SPDX-License-Identifier: MIT
// 100 rounds in which a parent, its child and a grandchild write to what they share, and one of
// them is killed: as many frames are in use afterwards as before. The first rounds are not counted:
// what the kernel keeps for later it takes then.
#include <signal.h>
#include <tine.h>

#include "pages.h"

enum { ROUNDS = 100, PAGES = 8 };

static char *pages;

static void write_every(size_t step, char value) {
    for (size_t i = 0; i < PAGES; i += step) {
        pages[i * PAGE] = value;
    }
}

static void be_grandchild(int round) {
    write_every(3, 'g');
    if (round % 4 == 3) {
        raise(SIGKILL);
    }
    _exit(pages[PAGE] == 'p' ? 0 : 1);
}

static void be_child(int round) {
    pid_t pid = fork();
    if (pid == 0) {
        be_grandchild(round);
    }
    write_every(2, 'c');
    mprotect(pages, PAGE, PROT_READ);
    munmap(pages + PAGE, 2 * PAGE);
    int how = ended(pid);
    _exit(pages[3 * PAGE] == 'p' && how == (round % 4 == 3 ? 1000 + SIGKILL : 0) ? 0 : 1);
}

static int one_round(int round) {
    pid_t pid = fork();
    if (pid == 0) {
        be_child(round);
    }
    write_every(5, 'p');
    return ended(pid) == 0 && pages_unlike(pages, PAGES, 'p') == 0;
}

int main(void) {
    int right = 0;
    pages = map_pages(PAGES, MAP_PRIVATE);
    fill_pages(pages, PAGES, 'p');
    one_round(0);
    one_round(1);
    puts("100 rounds");
    probe_stop(1);
    for (int i = 0; i < ROUNDS; i++) {
        right += one_round(i);
    }
    probe_stop(2);
    printf("%d ended as they should\n", right);
    return 0;
}
