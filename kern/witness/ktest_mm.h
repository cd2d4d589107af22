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
