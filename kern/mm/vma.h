// SPDX-License-Identifier: MIT
// The list of vmas, below mm.c. Nothing here touches the page table.
#pragma once

#include "mm/mm.h"

// Adds [start, end), which must be free: a vma of its own, or a longer neighbour. Returns the vma
// it is in, or NULL when out of memory.
struct vma *vma_insert(struct mm *mm, uintptr_t start, uintptr_t end, unsigned flags);

// Adds a vma like `like`, but for its link, with claims of its own; never merged. Returns it, or
// NULL when out of memory.
struct vma *vma_insert_like(struct mm *mm, const struct vma *like);

// Makes `at` a boundary: if a vma contains it, splits that in two. Returns false when out of
// memory.
bool vma_split_at(struct mm *mm, uintptr_t at);

// Merges neighbours in [start, end] that touch and have the same flags.
void vma_merge(struct mm *mm, uintptr_t start, uintptr_t end);

void vma_remove(struct vma *vma);

static inline struct vma *vma_of(struct list *link) {
    return list_entry(link, struct vma, link);
}
