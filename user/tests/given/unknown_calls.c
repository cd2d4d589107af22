// SPDX-License-Identifier: MIT
// System calls that do not exist.
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    static const long numbers[] = {500, 511, 512, 0x0fff, 0x1002, 0x7fffffff, 1L << 40, -1};
    for (int i = 0; i < 8; i++) {
        long result = syscall(numbers[i], 0L, 0L, 0L, 0L, 0L, 0L);
        printf("%ld: %s\n", numbers[i], result == -1 && errno == ENOSYS ? "ENOSYS" : "something");
    }
    return 0;
}
