// SPDX-License-Identifier: MIT
// Executes an instruction of the kernel: SIGSEGV.
#include <stdio.h>

int main(void) {
    puts("about to execute");
    __asm__ volatile("cli");
    return 0;
}
