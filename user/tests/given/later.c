// SPDX-License-Identifier: MIT
// For Tine alone: calls that a lab adds, before it does.
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"

int main(void) {
    static const struct {
        const char *name;
        long number;
    } calls[] = {
        {"fork", SYS_fork},         {"vfork", SYS_vfork},   {"clone", SYS_clone},
        {"wait4", SYS_wait4},       {"waitid", SYS_waitid}, {"execve", SYS_execve},
        {"execveat", SYS_execveat},
    };
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        result(calls[i].name, syscall(calls[i].number, 0L, 0L, 0L, 0L, 0L, 0L));
    }
    result("probe_thread", syscall(0x1000, 6L, 0L, 0L, 0L, 0L, 0L));
    return 0;
}
