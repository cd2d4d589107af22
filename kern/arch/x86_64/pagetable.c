// SPDX-License-Identifier: MIT
// Four-level page tables (Intel SDM volume 3A, section 4.5): walks and stores.
#include "arch/pagetable.h"

#include <arch/cpu.h>

#include "arch/machine.h"
#include "arch/x86_64/x86.h"
#include "base/string.h"
#include "kernel.h"
#include "witness/race.h"
#include "witness/stale.h"
#include "witness/trace.h"

enum { TABLE_ENTRIES = 512, USER_ENTRIES = 256, TOP_SHIFT = 39, INDEX_BITS = 9 };

static unsigned table_index(uintptr_t va, unsigned shift) {
    return va >> shift & (TABLE_ENTRIES - 1);
}

static pte_t *table_below(pte_t entry) {
    return phys_to_virt(pte_address(entry));
}

// A frame for a table of `pt`, with anything in it. NULL when out of frames.
static struct frame *add_table(struct pagetable *pt) {
    struct frame *frame = frame_alloc(FRAME_PAGETABLE);
    if (frame != NULL) {
        frame->next = pt->tables;
        pt->tables = frame;
    }
    return frame;
}

bool pagetable_create(struct pagetable *pt) {
    pt->tables = NULL;
    struct frame *frame = add_table(pt);
    if (frame == NULL) {
        return false;
    }
    pte_t *top = frame_memory(frame);
    const pte_t *kernel_top = phys_to_virt(kernel_pt.root);
    memset(top, 0, USER_ENTRIES * sizeof *top);
    memcpy(top + USER_ENTRIES, kernel_top + USER_ENTRIES,
           (TABLE_ENTRIES - USER_ENTRIES) * sizeof *top);
    pt->root = frame_address(frame);
    atomic_init(&pt->cpus, 0);
    return true;
}

void pagetable_destroy(struct pagetable *pt) {
    ASSERT(atomic_load(&pt->cpus) == 0);
    while (pt->tables != NULL) {
        struct frame *frame = pt->tables;
        pt->tables = frame->next;
        frame_free(frame);
    }
    pt->root = 0;
}

// The bit is set before the first translation, and cleared after the last. Whoever changes an entry
// and then sees no bit need not tell this CPU: it will see the new entry.
void pagetable_activate(struct pagetable *pt) {
    struct cpu *cpu = this_cpu();
    struct pagetable *before = cpu->pt;
    if (before == pt) {
        return;
    }
    atomic_fetch_or(&pt->cpus, 1u << cpu->id);
    WRITE_CR(3, pt->root);
    cpu->pt = pt;
    if (before != NULL) {
        atomic_fetch_and(&before->cpus, ~(1u << cpu->id));
    }
}

// The entry for the first address at or above *va that has a leaf table; moves *va there. NULL if
// there is none below `end`.
static pte_t *skip_missing_tables(const struct pagetable *pt, uintptr_t *va, uintptr_t end) {
    while (*va < end) {
        pte_t *table = phys_to_virt(pt->root);
        unsigned shift = TOP_SHIFT;
        while (shift > PAGE_SHIFT && !pte_none(table[table_index(*va, shift)])) {
            table = table_below(table[table_index(*va, shift)]);
            shift -= INDEX_BITS;
        }
        if (shift == PAGE_SHIFT) {
            return &table[table_index(*va, PAGE_SHIFT)];
        }
        *va = ((*va >> shift) + 1) << shift;
    }
    return NULL;
}

bool pte_iter_first(struct pte_iter *it, const struct pagetable *pt, uintptr_t start,
                    uintptr_t end) {
    ASSERT((start | end) % PAGE_SIZE == 0 && end <= USER_TOP);
    it->pt = pt;
    it->va = start;
    it->end = end;
    it->entry = skip_missing_tables(pt, &it->va, end);
    return it->entry != NULL;
}

bool pte_iter_next(struct pte_iter *it) {
    it->va += PAGE_SIZE;
    it->entry++;
    if (table_index(it->va, PAGE_SHIFT) == 0 || it->va >= it->end) {
        it->entry = skip_missing_tables(it->pt, &it->va, it->end);
    }
    return it->entry != NULL;
}

bool pte_run_first(struct pte_run *run, const struct pagetable *pt, uintptr_t start,
                   uintptr_t end) {
    *run = (struct pte_run){.va = start, .pt = pt, .end = end};
    return pte_run_next(run);
}

bool pte_run_next(struct pte_run *run) {
    run->va += run->count * PAGE_SIZE;
    run->entries = skip_missing_tables(run->pt, &run->va, run->end);
    uint64_t in_range = (run->end - run->va) >> PAGE_SHIFT;
    unsigned in_table = TABLE_ENTRIES - table_index(run->va, PAGE_SHIFT);
    run->count = in_range < in_table ? (unsigned)in_range : in_table;
    return run->entries != NULL;
}

static inline pte_t *find(const struct pagetable *pt, uintptr_t va) {
    pte_t *table = phys_to_virt(pt->root);
#pragma GCC unroll 3
    for (unsigned shift = TOP_SHIFT; shift > PAGE_SHIFT; shift -= INDEX_BITS) {
        pte_t entry = table[table_index(va, shift)];
        if (pte_none(entry)) {
            return NULL;
        }
        table = table_below(entry);
    }
    return &table[table_index(va, PAGE_SHIFT)];
}

pte_t *pte_find(const struct pagetable *pt, uintptr_t va) {
    return find(pt, va);
}

// pte_find_or_create where a table is missing. Not inline: the usual way shall save no registers
// for it.
__attribute__((noinline)) static pte_t *create_tables(struct pagetable *pt, uintptr_t va) {
    pte_t *table = phys_to_virt(pt->root);
    for (unsigned shift = TOP_SHIFT; shift > PAGE_SHIFT; shift -= INDEX_BITS) {
        pte_t *entry = &table[table_index(va, shift)];
        if (pte_none(*entry)) {
            struct frame *frame = add_table(pt);
            if (frame == NULL) {
                return NULL; // tables made so far stay: they are empty, and found again
            }
            frame_clear(frame);
            entry->bits = frame_address(frame) | PTE_P | PTE_W | PTE_U;
        }
        table = table_below(*entry);
    }
    return &table[table_index(va, PAGE_SHIFT)];
}

pte_t *pte_find_or_create(struct pagetable *pt, uintptr_t va) {
    ASSERT(va < USER_TOP);
    pte_t *entry = find(pt, va);
    return entry != NULL ? entry : create_tables(pt, va);
}

void pte_store_witnessed(struct pagetable *pt, uintptr_t va, pte_t *entry, pte_t pte) {
    ASSERT(va % PAGE_SIZE == 0 && va < USER_TOP);
    ASSERT(frame_at(virt_to_phys(entry))->kind == FRAME_PAGETABLE);
    ASSERT((pte.bits & PTE_W) == 0 || (pte.bits & PTE_NX) != 0); // never writable and executable
    race_point();
    trace(TRACE_PTE_SET, va, entry->bits, pte.bits, pt->root, 0);
    if (atomic_load(&pt->cpus) != 0 && pte_grants_beyond(*entry, pte)) {
        stale_note(pt, va, pte_frame(*entry));
    }
    pte_put(entry, pte);
}

// String instructions by the word: one instruction counted for eight bytes.
void frame_clear(struct frame *frame) {
    void *to = frame_memory(frame);
    uint64_t count = PAGE_SIZE / 8;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(0UL) : "memory");
}

void frame_copy(struct frame *to, const struct frame *from) {
    void *target = frame_memory(to);
    const void *source = frame_memory(from);
    uint64_t count = PAGE_SIZE / 8;
    __asm__ volatile("rep movsq" : "+D"(target), "+S"(source), "+c"(count) : : "memory");
}
