// SPDX-License-Identifier: MIT
// Writes to a constant: SIGSEGV.
#include <stdint.h>
#include <stdio.h>

static const int constant = 7;

int main(void) {
    volatile int *pointer = (volatile int *)(uintptr_t)&constant;
    puts("about to write");
    *pointer = 8;
    return 0;
}
