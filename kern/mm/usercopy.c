// SPDX-License-Identifier: MIT
#include "mm/usercopy.h"

#include <arch/cpu.h>
#include <arch/layout.h>

#include "arch/machine.h"
#include "errno.h"
#include "kernel.h"

// How many of `bytes` from `user` on lie in the user half.
static size_t within_user_half(uintptr_t user, size_t bytes) {
    if (user >= USER_TOP) {
        return 0;
    }
    return bytes <= USER_TOP - user ? bytes : USER_TOP - user;
}

size_t copy_from_user_partly(void *to, uintptr_t user_from, size_t bytes) {
    ASSERT(this_cpu()->lock_depth == 0);
    size_t reachable = within_user_half(user_from, bytes);
    return reachable - arch_copy_user(to, (const void *)user_from, reachable);
}

size_t copy_to_user_partly(uintptr_t user_to, const void *from, size_t bytes) {
    ASSERT(this_cpu()->lock_depth == 0);
    size_t reachable = within_user_half(user_to, bytes);
    return reachable - arch_copy_user((void *)user_to, from, reachable);
}

int copy_from_user(void *to, uintptr_t user_from, size_t bytes) {
    return copy_from_user_partly(to, user_from, bytes) == bytes ? 0 : -EFAULT;
}

int copy_to_user(uintptr_t user_to, const void *from, size_t bytes) {
    return copy_to_user_partly(user_to, from, bytes) == bytes ? 0 : -EFAULT;
}
