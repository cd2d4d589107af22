// SPDX-License-Identifier: MIT
// Divides by zero: SIGFPE.
#include <stdio.h>

int main(void) {
    volatile int zero = 0;
    puts("about to divide");
    return 7 / zero;
}
