// SPDX-License-Identifier: MIT
// Touches more memory than there is. Only this program dies, and says why; so the test is for
// Tine alone: Linux has more, or kills somebody else.
#include <stdio.h>
#include <sys/mman.h>

#define BYTES (1UL << 32)

int main(void) {
    char *memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        puts("mmap failed");
        return 1;
    }
    puts("mapped more than there is");
    for (unsigned long i = 0; i < BYTES; i += 4096) {
        memory[i] = 1;
    }
    puts("touched it all");
    return 0;
}
