// SPDX-License-Identifier: MIT
// Making tasks: clone(2), of which fork is one setting.
#pragma once

#include <stdint.h>

struct clone_arguments {
    uint64_t flags;
    uintptr_t pc;         // where the child begins; 0: where the parent is
    uintptr_t stack;      // the child's stack pointer; 0: as the parent's
    uintptr_t parent_tid; // user addresses, used if the flags say so
    uintptr_t child_tid;
};

// Makes a child of the current task and lets it run; the flags are not checked. Returns its pid, or
// -EAGAIN (too many tasks), -ENOMEM; then nothing is left of it.
int64_t do_clone(const struct clone_arguments *arguments);
