// SPDX-License-Identifier: MIT
// What is unmapped no longer counts.
#include <stdio.h>
#include <sys/mman.h>
#include <tine.h>

#define PAGE 4096
#define PAGES 8

int main(void) {
    char *memory =
        mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        puts("mmap failed");
        return 1;
    }
    for (int i = 0; i < PAGES; i++) {
        memory[i * PAGE] = 1;
    }
    long full = pages_present();
    if (munmap(memory + 2 * PAGE, 5 * PAGE) < 0) {
        puts("munmap failed");
        return 1;
    }
    long after = pages_present();
    probe_mark(1, full);
    probe_mark(2, after);
    printf("unmapped 5 touched pages: the count fell by %ld\n", full - after);
    return 0;
}
