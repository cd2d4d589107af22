// SPDX-License-Identifier: MIT
// Executes an instruction that does not exist: SIGILL.
#include <stdio.h>

int main(void) {
    puts("about to execute");
    __asm__ volatile("ud2");
    return 0;
}
