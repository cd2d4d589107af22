// SPDX-License-Identifier: MIT
// How the library calls the kernel. CALL(SYS_name, up to six arguments) answers as POSIX says: -1
// and errno after an error.
#pragma once

#include <errno.h>
#include <sys/syscall.h>

#include "x86_64/syscall.h"

// Results from -4095 to -1 are error numbers: they go to errno, and the answer is -1.
static inline long checked(long result) {
    if (result < 0 && result >= -4095) {
        errno = (int)-result;
        return -1;
    }
    return result;
}

#define CALL_SIX(number, a0, a1, a2, a3, a4, a5, ...)                                       \
    checked(raw_syscall(number, (long)(a0), (long)(a1), (long)(a2), (long)(a3), (long)(a4), \
                        (long)(a5)))
#define CALL(...) CALL_SIX(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
