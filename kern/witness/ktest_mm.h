// SPDX-License-Identifier: MIT
// For kernel tests of address spaces that no program runs in: filling them, looking into them, and
// memory that runs out.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "mm/fault.h"
#include "mm/mm.h"

#define RW (VMA_READ | VMA_WRITE)
#define MIB (1UL << 20)
#define GIB (1UL << 30)

// The bytes behind `va`, or NULL if no frame is there.
uint8_t *bytes_at(const struct mm *mm, uintptr_t va);

// The same, after an access that the vma permits: to read if possible. NULL if it fails.
uint8_t *bytes_touched(struct mm *mm, uintptr_t va);

// Touches the page at `va`, and fills it with numbers that no other page has.
bool fill_page(struct mm *mm, uintptr_t va, enum access access);

// True if both let user mode do the same.
bool same_rights(pte_t a, pte_t b);

// True if both have the same vmas.
bool same_vmas(const struct mm *a, const struct mm *b);

// Takes all frames that are free into a list; gives one of them, or all, back.
void take_all_frames(struct list *taken);
void give_back_one(struct list *taken);
void give_back_all(struct list *taken);

// ---- What every fork must do right: lab 1's, which copies, and lab 2's, which shares ---------

typedef int fork_memory(struct mm *to, struct mm *from);

// MAP_SHARED memory is the same for both, and stays so. `name` is the function's, for messages.
void check_shared_object(const char *name, fork_memory *fork);

// Pages at the edges of vmas and of page tables. map_edges gives `mm`, which is empty, the vmas
// around them, some that nobody touches, and a break. False when out of memory.
enum { EDGES = 8 };
extern const uintptr_t edges[EDGES];
bool map_edges(struct mm *mm);
