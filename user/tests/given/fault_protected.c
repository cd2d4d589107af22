// SPDX-License-Identifier: MIT
// Writes to a page it has made read-only, which it had written to before: SIGSEGV.
#include <stdio.h>
#include <sys/mman.h>

int main(void) {
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
    mprotect(page, 4096, PROT_READ);
    printf("about to write behind %d\n", page[0]);
    ((volatile char *)page)[1] = 2;
    return 0;
}
