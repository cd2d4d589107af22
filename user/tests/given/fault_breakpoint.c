// SPDX-License-Identifier: MIT
// Executes a breakpoint nobody set: SIGTRAP.
#include <stdio.h>

int main(void) {
    puts("about to execute");
    __asm__ volatile("int3");
    return 0;
}
