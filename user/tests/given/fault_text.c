// SPDX-License-Identifier: MIT
// Writes to its own code: SIGSEGV.
#include <stdint.h>
#include <stdio.h>

int main(void) {
    puts("about to write");
    *(volatile char *)(uintptr_t)main = 0;
    return 0;
}
