// SPDX-License-Identifier: MIT
// An address space: what a program may touch (its vmas), and what it has touched so far (its page
// table). A page gets its frame at the first access, in mm_fault.
//
// There is one task, and so no lock yet: its own system calls and faults are all there is.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arch/pagetable.h"
#include "base/list.h"
#include "mm/prot.h"

// A virtual memory area: pages in a row that may be used in the same way.
struct vma {
    struct list link; // in mm->vmas
    uintptr_t start;  // page-aligned
    uintptr_t end;    // page-aligned, exclusive
    unsigned flags;   // VMA_*
};

enum {
    VMA_READ = PROT_READ, // the lowest three bits are PROT_* bits
    VMA_WRITE = PROT_WRITE,
    VMA_EXEC = PROT_EXEC,
    VMA_SHARED = 8, // MAP_SHARED
    VMA_STACK = 16,
    VMA_HEAP = 32, // grows and shrinks by brk
};

// Nothing is put so close below a stack: a program that overruns its stack shall fault.
#define STACK_GUARD_BYTES (1UL << 20)

#define VMA_PROT (VMA_READ | VMA_WRITE | VMA_EXEC)

struct mm {
    struct pagetable pt;
    struct list vmas;    // by address; they never overlap
    uintptr_t brk_start; // the heap lies between these two; brk need not be page-aligned
    uintptr_t brk;
};

// A new, empty address space. NULL when out of memory.
struct mm *mm_create(void);

// Ends an address space that no CPU uses any more: frames, page tables, vmas.
void mm_destroy(struct mm *mm);

// The vma that contains `va`, or NULL.
struct vma *mm_find_vma(const struct mm *mm, uintptr_t va);

// True if no vma touches [start, end).
bool mm_is_free(const struct mm *mm, uintptr_t start, uintptr_t end);

// The highest start of `bytes` free bytes below the stack and a guard of STACK_GUARD_BYTES, or 0 if
// there is no such gap.
uintptr_t mm_find_gap(const struct mm *mm, uintptr_t bytes);

// Adds a vma over [start, end), which must be free, page-aligned and within the user half. May
// merge it with a neighbour of the same flags. Returns 0 or -ENOMEM.
int mm_map(struct mm *mm, uintptr_t start, uintptr_t end, unsigned flags);

// Removes whatever is mapped in [start, end), page-aligned. Returns 0, or -ENOMEM (a vma had to be
// split) and then nothing is changed.
int mm_unmap(struct mm *mm, uintptr_t start, uintptr_t end);

// Gives [start, end) the protection `prot`. Returns 0, or -ENOMEM (a hole in the range, or no memory
// to split a vma) and then nothing is changed.
int mm_protect(struct mm *mm, uintptr_t start, uintptr_t end, unsigned prot);

// Moves the end of the heap to `brk` if that is possible. Returns where it is now.
uintptr_t mm_set_brk(struct mm *mm, uintptr_t brk);
