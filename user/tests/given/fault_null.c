// SPDX-License-Identifier: MIT
// Reads from NULL: SIGSEGV.
#include <stdio.h>

static volatile int *volatile pointer;

int main(void) {
    puts("about to read");
    return *pointer;
}
