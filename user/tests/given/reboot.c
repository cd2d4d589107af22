// SPDX-License-Identifier: MIT
// reboot with wrong numbers, then with right ones. Not for Linux, of course.
#include <errno.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

static void attempt(const char *what, long magic1, long magic2, long command) {
    long result = syscall(SYS_reboot, magic1, magic2, command, 0L, 0L, 0L);
    printf("%s: %s\n", what, result == -1 && errno == EINVAL ? "EINVAL" : "something else");
}

int main(void) {
    attempt("wrong first number", 1, 672274793, RB_POWER_OFF);
    attempt("wrong second number", 0xfee1dead, 1, RB_POWER_OFF);
    attempt("unknown command", 0xfee1dead, 672274793, 12345);
    puts("now");
    reboot(RB_POWER_OFF);
    return 1;
}
