// SPDX-License-Identifier: MIT
// Page faults: what to do when a program touches a page that its page table does not allow.
#pragma once

#include <stdint.h>

#include "mm/mm.h"

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_EXEC };

enum fault_result {
    FAULT_HANDLED, // run the instruction again
    FAULT_SEGV,    // the program has no right to do that
    FAULT_OOM,     // it has, but there is no frame left
    FAULT_BUS,     // it has, but the file ends before that page, or has no room for it
};

// Resolves a fault by user mode, or by a user copy, at `va` (any byte of the user half). May
// allocate.
enum fault_result mm_fault(struct mm *mm, uintptr_t va, enum access access);

// For messages: "read", "write", "instruction fetch".
const char *access_name(enum access access);

// For messages: why mm_fault answers FAULT_SEGV or FAULT_BUS.
const char *mm_why(struct mm *mm, uintptr_t va, enum access access);
