// SPDX-License-Identifier: MIT
// A mapping is a promise: a page gets its frame when it is first touched. And counting must not
// change what is counted.
#include <stdio.h>
#include <sys/mman.h>
#include <tine.h>

#define PAGE 4096
#define PAGES 16

int main(void) {
    long before = pages_present();
    char *memory =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        puts("mmap failed");
        return 1;
    }
    long mapped = pages_present();
    for (int i = 0; i < PAGES; i += 2) {
        memory[i * PAGE] = 1;
    }
    long touched = pages_present();
    probe_mark(1, before);
    probe_mark(2, mapped);
    probe_mark(3, touched);
    printf("mapped 16 pages: the count rose by %ld\n", mapped - before);
    printf("touched 8 of them: the count rose by %ld\n", touched - mapped);
    return 0;
}
