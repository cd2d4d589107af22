// SPDX-License-Identifier: MIT
// Reads kernel memory: SIGSEGV.
#include <stdio.h>

int main(void) {
    puts("about to read");
    return *(volatile int *)0xffffffff80106000;
}
