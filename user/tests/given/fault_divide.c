// SPDX-License-Identifier: MIT
// Divides by zero: SIGFPE.
#include <stdio.h>

static volatile int zero;

int main(void) {
    puts("about to divide");
    return 7 / zero;
}
