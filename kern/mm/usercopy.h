// SPDX-License-Identifier: MIT
// The only way to user memory. The other side may be absent, unmapped, read-only, or outside the
// user half; whatever it is, the answer is -EFAULT and the kernel goes on. These may fault,
// allocate and sleep: no spinlock may be held.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Copies all of `bytes`, or returns -EFAULT; part of it may have been copied then.
int copy_from_user(void *to, uintptr_t user_from, size_t bytes);
int copy_to_user(uintptr_t user_to, const void *from, size_t bytes);

// The same, but says how much could be copied: 0 to `bytes`.
size_t copy_from_user_partly(void *to, uintptr_t user_from, size_t bytes);
size_t copy_to_user_partly(uintptr_t user_to, const void *from, size_t bytes);
