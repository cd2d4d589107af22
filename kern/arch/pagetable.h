// SPDX-License-Identifier: MIT
//: region usage
// Page tables, for everything above kern/arch. Walks go through the iterator, stores through
// pte_store; nobody else looks at more than one level.
//
//     for_each_pte (it, &mm->pt, start, end) {
//         if (pte_present(*it.entry)) {
//             ... it.va is mapped to pte_frame(*it.entry)
//         }
//     }
//
// The iterator skips what has no table: a hole of 512 GiB costs one step.
//: endregion
// Where each instruction counts, it hands out the entries of a whole table at once:
//
//     for_each_pte_run (run, &mm->pt, start, end) {
//         for (unsigned i = 0; i < run.count; i++) {
//             ... run.va + i * PAGE_SIZE has the entry run.entries[i]
//         }
//     }
#pragma once

#include <arch/layout.h>
#include <arch/pte.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

// The tables of one address space.
struct pagetable {
    uint64_t root;        // physical address of the top level
    struct frame *tables; // the frames of all tables, linked by `next`
    atomic_uint cpus;     // those that translate with it right now: bit N is cpus[N]
};

extern struct pagetable kernel_pt;

// Makes an empty user half below the shared kernel half. Returns false when out of frames.
bool pagetable_create(struct pagetable *pt);

// Frees the tables of the user half and the top level. The entries must have been emptied: this
// frees tables, not the frames that entries name.
void pagetable_destroy(struct pagetable *pt);

// Makes `pt` the one that this CPU translates with.
void pagetable_activate(struct pagetable *pt);

// One position in a walk over the entries for [va, end).
struct pte_iter {
    pte_t *entry; // the entry for va; valid until tables are freed
    uintptr_t va;
    // private to the iterator
    const struct pagetable *pt;
    uintptr_t end;
};

// Starts a walk over [start, end), both page-aligned and in the user half. Returns false when
// not one table is there.
bool pte_iter_first(struct pte_iter *it, const struct pagetable *pt, uintptr_t start,
                    uintptr_t end);

// Goes to the next entry for which a table is there. Returns false behind the last one.
bool pte_iter_next(struct pte_iter *it);

#define for_each_pte(it, table, start, end) \
    for (struct pte_iter it = {0};          \
         it.pt == NULL ? pte_iter_first(&it, table, start, end) : pte_iter_next(&it);)

// The entries of one table for consecutive pages: entries[i] is the one for va + i * PAGE_SIZE.
struct pte_run {
    pte_t *entries; // valid until tables are freed
    uintptr_t va;
    unsigned count;
    // private to the walk
    const struct pagetable *pt;
    uintptr_t end;
};

// The same walk, a table at a time.
bool pte_run_first(struct pte_run *run, const struct pagetable *pt, uintptr_t start, uintptr_t end);
bool pte_run_next(struct pte_run *run);

#define for_each_pte_run(run, table, start, end) \
    for (struct pte_run run = {0};               \
         run.pt == NULL ? pte_run_first(&run, table, start, end) : pte_run_next(&run);)

// The entry for `va`, or NULL if it has no table.
pte_t *pte_find(const struct pagetable *pt, uintptr_t va);

// The entry for `va`; makes the tables above it where they are missing. NULL when out of frames.
pte_t *pte_find_or_create(struct pagetable *pt, uintptr_t va);

void pte_store_witnessed(struct pagetable *pt, uintptr_t va, pte_t *entry, pte_t pte);

// Stores `pte` in `entry`, which is the one for `va` in `pt`. Every change of a user mapping goes
// through here, and so into the trace. The caller flushes where the change takes something away
// (see tlb_flush_page), and settles who owns the old and the new frame.
static inline void pte_store(struct pagetable *pt, uintptr_t va, pte_t *entry, pte_t pte) {
    if (CHECKS) {
        pte_store_witnessed(pt, va, entry, pte);
    } else {
        pte_put(entry, pte);
    }
}

// Makes every CPU that uses `pt` forget its translation of `va`; tlb_flush_all: of the whole user
// half. It has happened at the return. No spinlock is held: other CPUs are waited for.
void tlb_flush_page(const struct pagetable *pt, uintptr_t va);
void tlb_flush_all(const struct pagetable *pt);

// Maps `count` pages of kernel memory from `va` on, readable and writable: for kernel stacks. They
// must not be mapped yet, and share a table. Returns false when out of frames for tables.
bool kernel_map_pages(uintptr_t va, struct frame *const *page_frames, unsigned count);
