// SPDX-License-Identifier: MIT
// Kernel tests of page tables and address spaces.
#include "arch/pagetable.h"
#include "errno.h"
#include "kernel.h"
#include "mm/frame.h"
#include "witness/ktest.h"
#include "witness/ktest_mm.h"

// The iterator visits exactly the pages that have entries, in order, whatever lies between them:
// neighbours, the last page of a table, another table, another directory, the top.
KTEST(pagetable_iterator) {
    static const uintptr_t pages[] = {
        PAGE_SIZE, 2 * PAGE_SIZE, 2 * MIB - PAGE_SIZE,  2 * MIB,
        GIB,       512 * GIB,     USER_TOP - PAGE_SIZE,
    };
    enum { PAGES = sizeof pages / sizeof pages[0] };
    struct pagetable pt;
    KTEST_CHECK(pagetable_create(&pt));
    for (unsigned i = 0; i < PAGES; i++) {
        struct frame *frame = frame_alloc(FRAME_USER);
        pte_t *entry = pte_find_or_create(&pt, pages[i]);
        KTEST_CHECK(frame != NULL && entry != NULL && entry == pte_find(&pt, pages[i]));
        pte_store(&pt, pages[i], entry, pte_make(frame, PROT_READ));
    }
    unsigned seen = 0;
    for_each_pte(it, &pt, 0, USER_TOP) {
        if (pte_present(*it.entry)) {
            KTEST_CHECK(seen < PAGES && it.va == pages[seen]);
            seen++;
        }
    }
    KTEST_CHECK(seen == PAGES);
    seen = 0;
    for_each_pte(it, &pt, 2 * PAGE_SIZE, GIB) { // the end is exclusive
        seen += pte_present(*it.entry);
    }
    KTEST_CHECK(seen == 3);
    for_each_pte(it, &pt, 0, USER_TOP) {
        if (pte_present(*it.entry)) {
            frame_free(pte_frame(*it.entry));
            pte_store(&pt, it.va, it.entry, pte_empty());
        }
    }
    pagetable_destroy(&pt);
}

KTEST(pagetable_empty) {
    struct pagetable pt;
    KTEST_CHECK(pagetable_create(&pt));
    KTEST_CHECK(pte_find(&pt, GIB) == NULL);
    unsigned seen = 0;
    for_each_pte(it, &pt, 0, USER_TOP) {
        seen++;
    }
    KTEST_CHECK(seen == 0);
    pagetable_destroy(&pt);
}

KTEST(pte_accessors) {
    struct frame *frame = frame_alloc(FRAME_USER);
    KTEST_CHECK(frame != NULL);
    pte_t none = pte_make(frame, PROT_NONE);
    pte_t read = pte_make(frame, PROT_READ);
    pte_t write = pte_make(frame, PROT_READ | PROT_WRITE);
    pte_t code = pte_make(frame, PROT_READ | PROT_EXEC);
    KTEST_CHECK(!pte_present(pte_empty()) && pte_none(pte_empty()));
    KTEST_CHECK(pte_present(none) && !pte_user(none) && !pte_writable(none) && !pte_none(none));
    KTEST_CHECK(pte_present(read) && pte_user(read) && !pte_writable(read) &&
                !pte_executable(read));
    KTEST_CHECK(pte_writable(write) && !pte_executable(write));
    KTEST_CHECK(pte_executable(code) && !pte_writable(code));
    KTEST_CHECK(pte_frame(none) == frame && pte_frame(code) == frame);
    KTEST_CHECK(pte_grants_beyond(write, read) && !pte_grants_beyond(read, write));
    KTEST_CHECK(pte_grants_beyond(read, none) && !pte_grants_beyond(none, read));
    KTEST_CHECK(pte_grants_beyond(read, pte_empty()) && pte_grants_beyond(code, read));
    frame_free(frame);
}

static unsigned vma_total(const struct mm *mm) {
    unsigned total = 0;
    list_for_each(link, &mm->vmas) {
        total++;
    }
    return total;
}

KTEST(vma_split_and_merge) {
    struct mm *mm = mm_create();
    KTEST_CHECK(mm != NULL);
    KTEST_CHECK(mm_map(mm, 2 * MIB, 3 * MIB, RW) == 0);
    KTEST_CHECK(mm_map(mm, 4 * MIB, 5 * MIB, RW) == 0);
    KTEST_CHECK(mm_map(mm, 3 * MIB, 4 * MIB, RW) == 0); // fills the gap: all one
    KTEST_CHECK(vma_total(mm) == 1 && mm_find_vma(mm, 5 * MIB - 1)->start == 2 * MIB);

    KTEST_CHECK(mm_protect(mm, 3 * MIB, 4 * MIB, PROT_READ) == 0);
    KTEST_CHECK(vma_total(mm) == 3 && mm_find_vma(mm, 3 * MIB)->flags == VMA_READ);
    KTEST_CHECK(mm_protect(mm, 3 * MIB, 4 * MIB, PROT_READ | PROT_WRITE) == 0);
    KTEST_CHECK(vma_total(mm) == 1);

    KTEST_CHECK(mm_unmap(mm, 3 * MIB, 4 * MIB) == 0);
    KTEST_CHECK(vma_total(mm) == 2 && mm_find_vma(mm, 3 * MIB) == NULL);
    KTEST_CHECK(mm_find_vma(mm, 3 * MIB - 1) != NULL && mm_find_vma(mm, 4 * MIB) != NULL);
    KTEST_CHECK(mm_protect(mm, 2 * MIB, 5 * MIB, PROT_READ) == -ENOMEM); // a hole
    KTEST_CHECK(mm_find_vma(mm, 2 * MIB)->flags == RW);                  // and nothing changed
    mm_put(mm);
}

KTEST(fault_demand_zero) {
    struct mm *mm = mm_create();
    KTEST_CHECK(mm != NULL && mm_map(mm, 2 * MIB, 3 * MIB, RW) == 0);
    KTEST_CHECK(mm_map(mm, 4 * MIB, 5 * MIB, VMA_READ) == 0);
    KTEST_CHECK(mm_fault(mm, 2 * MIB + 5, ACCESS_WRITE) == FAULT_HANDLED);
    const pte_t *entry = pte_find(&mm->pt, 2 * MIB);
    KTEST_CHECK(entry != NULL && pte_writable(*entry) && !pte_executable(*entry));
    KTEST_CHECK(*(uint64_t *)frame_memory(pte_frame(*entry)) == 0);
    KTEST_CHECK(mm_fault(mm, 2 * MIB, ACCESS_WRITE) == FAULT_HANDLED); // nothing to do: spurious
    KTEST_CHECK(mm_fault(mm, 2 * MIB, ACCESS_EXEC) == FAULT_SEGV);
    KTEST_CHECK(mm_fault(mm, 4 * MIB, ACCESS_WRITE) == FAULT_SEGV);
    KTEST_CHECK(mm_fault(mm, 4 * MIB, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(mm_fault(mm, 3 * MIB, ACCESS_READ) == FAULT_SEGV);
    KTEST_CHECK(mm_fault(mm, 0, ACCESS_READ) == FAULT_SEGV);
    mm_put(mm);
}

KTEST(brk_grows_and_shrinks) {
    struct mm *mm = mm_create();
    KTEST_CHECK(mm != NULL);
    mm->brk_start = mm->brk = 2 * MIB;
    KTEST_CHECK(mm_set_brk(mm, 0) == 2 * MIB);
    KTEST_CHECK(mm_set_brk(mm, 2 * MIB + 1) == 2 * MIB + 1);
    KTEST_CHECK(mm_fault(mm, 2 * MIB + 4095, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(mm_set_brk(mm, 2 * MIB + PAGE_SIZE) == 2 * MIB + PAGE_SIZE);
    KTEST_CHECK(mm_fault(mm, 2 * MIB + PAGE_SIZE, ACCESS_WRITE) == FAULT_SEGV);
    KTEST_CHECK(mm_set_brk(mm, 2 * MIB - 1) == 2 * MIB + PAGE_SIZE); // below the start: stays
    KTEST_CHECK(mm_map(mm, 3 * MIB, 4 * MIB, VMA_READ) == 0);
    KTEST_CHECK(mm_set_brk(mm, 5 * MIB) == 2 * MIB + PAGE_SIZE); // something is in the way
    KTEST_CHECK(mm_set_brk(mm, 2 * MIB) == 2 * MIB && pte_none(*pte_find(&mm->pt, 2 * MIB)));
    mm_put(mm);
}

static bool sizes_are(struct mm *mm, uint64_t total, uint64_t resident, uint64_t shared) {
    struct mm_sizes sizes = mm_sizes(mm);
    return sizes.total == total && sizes.resident == resident && sizes.shared == shared;
}

// Total is what is mapped, resident what has been touched and is still there, whatever its rights.
KTEST(mm_sizes) {
    enum { PAGES = MIB / PAGE_SIZE };
    struct mm *mm = mm_create();
    KTEST_CHECK(mm != NULL && sizes_are(mm, 0, 0, 0));
    KTEST_CHECK(mm_map(mm, 1 * MIB, 2 * MIB, VMA_READ | VMA_EXEC) == 0);
    KTEST_CHECK(mm_map(mm, 2 * MIB, 4 * MIB, RW) == 0);
    KTEST_CHECK(mm_map(mm, GIB, GIB + MIB, RW | VMA_SHARED) == 0);
    KTEST_CHECK(sizes_are(mm, 4 * PAGES, 0, 0));
    KTEST_CHECK(mm_fault(mm, 1 * MIB, ACCESS_EXEC) == FAULT_HANDLED);
    KTEST_CHECK(mm_fault(mm, 2 * MIB, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(mm_fault(mm, 3 * MIB, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(mm_fault(mm, GIB, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(sizes_are(mm, 4 * PAGES, 4, 1));
    KTEST_CHECK(mm_protect(mm, 2 * MIB, 3 * MIB, PROT_NONE) == 0);
    KTEST_CHECK(mm_unmap(mm, 3 * MIB, 4 * MIB) == 0);
    KTEST_CHECK(sizes_are(mm, 3 * PAGES, 3, 1));
    KTEST_CHECK(mm_sizes(mm).text == PAGES && mm_sizes(mm).data == 0);
    KTEST_CHECK(mm_protect(mm, 2 * MIB, 3 * MIB, PROT_READ | PROT_WRITE) == 0);
    KTEST_CHECK(mm_sizes(mm).data == PAGES);
    mm_put(mm);
}

static struct mm *mm_with_stack(void) {
    struct mm *mm = mm_create();
    unsigned flags = RW | VMA_STACK;
    return mm != NULL && mm_map(mm, USER_TOP - STACK_FIRST_BYTES, USER_TOP, flags) == 0 ? mm : NULL;
}

// To the byte: down to the limit, and up to the guard of what is below.
KTEST(stack_grows) {
    const uintptr_t limit = USER_TOP - STACK_LIMIT_BYTES;
    struct mm *mm = mm_with_stack();
    KTEST_CHECK(mm != NULL && mm_fault(mm, limit - 1, ACCESS_WRITE) == FAULT_SEGV);
    KTEST_CHECK(mm_sizes(mm).total == STACK_FIRST_BYTES / PAGE_SIZE);
    KTEST_CHECK(mm_fault(mm, limit, ACCESS_EXEC) == FAULT_SEGV); // it grows, but that does not help
    KTEST_CHECK(mm_fault(mm, limit, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(mm_sizes(mm).total == STACK_LIMIT_BYTES / PAGE_SIZE && mm_sizes(mm).resident == 1);
    mm_put(mm);
    mm = mm_with_stack();
    KTEST_CHECK(mm != NULL && mm_map(mm, limit, limit + PAGE_SIZE, RW) == 0);
    const uintptr_t close = limit + PAGE_SIZE + STACK_GUARD_BYTES;
    KTEST_CHECK(mm_fault(mm, close - 1, ACCESS_WRITE) == FAULT_SEGV);
    KTEST_CHECK(mm_fault(mm, close, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(mm_protect(mm, limit, limit + PAGE_SIZE, PROT_NONE) == 0);
    KTEST_CHECK(mm_fault(mm, limit + PAGE_SIZE, ACCESS_WRITE) == FAULT_HANDLED);
    mm_put(mm);
}

// Nothing is put where the stack may come, unless somebody insists.
KTEST(stack_keeps_its_room) {
    const uintptr_t floor = USER_TOP - STACK_LIMIT_BYTES - STACK_GUARD_BYTES;
    struct mm *mm = mm_with_stack();
    KTEST_CHECK(mm != NULL && mm_map(mm, MIB, 2 * MIB, RW) == 0); // the program
    KTEST_CHECK(mm_find_gap(mm, MIB) == floor - MIB);
    KTEST_CHECK(mm_map(mm, floor + MIB, floor + 2 * MIB, RW) == 0);
    KTEST_CHECK(mm_find_gap(mm, MIB) == floor - MIB);
    KTEST_CHECK(mm_map(mm, floor - MIB, floor, RW) == 0);
    KTEST_CHECK(mm_find_gap(mm, MIB) == floor - 2 * MIB);
    const uintptr_t guard = USER_TOP - STACK_FIRST_BYTES - STACK_GUARD_BYTES;
    KTEST_CHECK(mm_is_clear(mm, guard - MIB, guard) && !mm_is_clear(mm, guard - MIB, guard + 1));
    mm->brk_start = mm->brk = guard - MIB;
    KTEST_CHECK(mm_set_brk(mm, guard + PAGE_SIZE) == guard - MIB);
    KTEST_CHECK(mm_set_brk(mm, guard) == guard);
    mm_put(mm);
}

// Out of memory while a page table is being built: the answer is FAULT_OOM, and all comes back.
KTEST(fault_out_of_memory) {
    struct mm *mm = mm_create();
    KTEST_CHECK(mm != NULL && mm_map(mm, GIB, 2 * GIB, RW) == 0);
    struct list taken = LIST_INIT(taken);
    struct frame *frame;
    while ((frame = frame_alloc(FRAME_KERNEL)) != NULL) {
        list_push_back(&taken, &frame->link);
    }
    for (unsigned spare = 0; spare < 4 && !list_empty(&taken); spare++) { // three tables, one frame
        KTEST_CHECK(mm_fault(mm, GIB, ACCESS_WRITE) == FAULT_OOM);
        frame = list_entry(taken.next, struct frame, link);
        list_remove(&frame->link);
        frame_free(frame);
    }
    KTEST_CHECK(mm_fault(mm, GIB, ACCESS_WRITE) == FAULT_HANDLED);
    list_for_each_safe(link, &taken) {
        frame = list_entry(link, struct frame, link);
        list_remove(link);
        frame_free(frame);
    }
    mm_put(mm);
}
