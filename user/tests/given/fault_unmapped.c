// SPDX-License-Identifier: MIT
// Reads a page it has unmapped, which it had used before: SIGSEGV.
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
    munmap(page, 4096);
    puts("about to read");
    return ((volatile char *)page)[0];
}
