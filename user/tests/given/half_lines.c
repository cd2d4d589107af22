// SPDX-License-Identifier: MIT
// Makes the kernel say something in the middle of a line.
#include <stdio.h>
#include <unistd.h>

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("one ");
    syscall(511L, 0L, 0L, 0L, 0L, 0L, 0L);
    printf("two ");
    syscall(511L, 0L, 0L, 0L, 0L, 0L, 0L);
    printf("three\n");
    return 0;
}
