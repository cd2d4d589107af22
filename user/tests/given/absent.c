// SPDX-License-Identifier: MIT
// For Tine alone: calls that libraries try, and can do without. The kernel says nothing about it.
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"

int main(void) {
    static const int calls[] = {SYS_rseq,   SYS_clone3,    SYS_statx,
                                SYS_mremap, SYS_renameat2, SYS_fchmodat2};
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        result("call", syscall(calls[i], 0L, 0L, 0L, 0L, 0L, 0L));
    }
    return 0;
}
