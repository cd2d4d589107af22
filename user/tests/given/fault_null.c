// SPDX-License-Identifier: MIT
// Reads from NULL: SIGSEGV.
#include <stdio.h>

int main(void) {
    volatile int *volatile pointer = NULL;
    puts("about to read");
    return *pointer;
}
