// SPDX-License-Identifier: MIT
// A page that nobody may touch (PROT_NONE) still has its frame, and what was in it.
#include <stdio.h>
#include <sys/mman.h>
#include <tine.h>

#define PAGE 4096
#define PAGES 4

int main(void) {
    char *memory =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        puts("mmap failed");
        return 1;
    }
    for (int i = 0; i < PAGES; i++) {
        memory[i * PAGE] = 'm';
    }
    long before = pages_present();
    if (mprotect(memory, PAGES * PAGE, PROT_NONE) < 0) {
        puts("mprotect failed");
        return 1;
    }
    long after = pages_present();
    probe_mark(1, before);
    probe_mark(2, after);
    printf("4 pages became PROT_NONE: the count changed by %ld\n", after - before);
    if (mprotect(memory, PAGES * PAGE, PROT_READ) < 0 || memory[0] != 'm') {
        puts("the contents are gone");
        return 1;
    }
    puts("and their contents are still there");
    return 0;
}
