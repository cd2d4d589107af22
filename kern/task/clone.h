// SPDX-License-Identifier: MIT
// Making tasks: clone(2), of which fork is one setting.
#pragma once

#include <stdint.h>

// Flags of clone that Tine knows so far; the lowest byte is the signal at the child's end.
#define CLONE_SIGNAL 0xffUL
#define CLONE_VM 0x00000100UL    // shares memory: until lab 5, only for the probe
#define CLONE_FILES 0x00000400UL // shares the descriptor table: likewise
#define CLONE_PARENT_SETTID 0x00100000UL
#define CLONE_CHILD_CLEARTID 0x00200000UL
#define CLONE_CHILD_SETTID 0x01000000UL

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
