// SPDX-License-Identifier: MIT
// A process that has two thirds of the memory forks, again and again. More is promised than there
// is; as long as nobody writes much, nobody notices.
#include <sys/sysinfo.h>
#include <tine.h>

#include "pages.h"

enum { ROUNDS = 20, AT_MOST = 4096, FEW = 10 };

static char *pages;
static size_t count;

// Has a child as well, which writes to some pages more.
static void be_child(int round) {
    for (size_t i = 0; i < FEW; i++) {
        pages[i * PAGE] = (char)round;
    }
    pid_t pid = fork();
    if (pid == 0) {
        for (size_t i = FEW; i < 2 * FEW; i++) {
            pages[i * PAGE] = (char)round;
        }
        _exit(pages[0] == (char)round && pages[(count - 1) * PAGE] == 'p' ? 0 : 1);
    }
    _exit(ended(pid) == 0 && pages[FEW * PAGE] == 'p' ? 0 : 1);
}

int main(void) {
    struct sysinfo info;
    int right = 0;
    sysinfo(&info);
    count = (size_t)info.freeram * info.mem_unit / PAGE * 2 / 3;
    count = count < AT_MOST ? count : AT_MOST;
    pages = map_pages(count, MAP_PRIVATE);
    for (size_t i = 0; i < count; i++) {
        pages[i * PAGE] = 'p';
    }
    probe_mark(1, (long)count);
    for (int i = 0; i < ROUNDS; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            be_child(i);
        }
        right += ended(pid) == 0;
    }
    printf("%d children, and as many grandchildren, of a process with two thirds of memory\n",
           right);
    return 0;
}
