// SPDX-License-Identifier: MIT
// What the kernel tests of lab 2 have in common.
#pragma once

#include "witness/ktest_mm.h"

// A page, and what its entry was when that was noted.
struct page {
    uintptr_t va;
    pte_t entry;
};

// Calls mm_share as mm_dup does, but leaves what it made so far to be looked at. Marks the trace
// when it has returned.
int share(struct mm *to, struct mm *from);

// The entry for the page at `va`; the empty one if it has no table.
pte_t entry_at(const struct mm *mm, uintptr_t va);

// Fills all pages, and notes their entries. False if one cannot be touched.
bool fill_pages(struct mm *mm, struct page *pages, unsigned total, enum access access);
