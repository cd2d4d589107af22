// SPDX-License-Identifier: MIT
// Executes its own data: SIGSEGV.
#include <stdint.h>
#include <stdio.h>

static unsigned char code[] = {0xc3}; // ret

int main(void) {
    puts("about to jump");
    ((void (*)(void))(uintptr_t)code)();
    return 0;
}
