// SPDX-License-Identifier: MIT
// Kernel tests of lab 1a, mm_copy: address spaces that no program runs in, copied and compared page
// by page.
#include "arch/pagetable.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "witness/ktest.h"
#include "witness/ktest_mm.h"

// Calls mm_copy as mm_dup does, but leaves what it made so far to be looked at.
static int copy(struct mm *to, struct mm *from) {
    mutex_lock(&from->lock);
    int error = LAB >= 1 ? mm_copy(to, from) : -ENOSYS;
    mutex_unlock(&from->lock);
    return error;
}

// True if the page at `va` has what fill_page stored.
static bool is_filled(const struct mm *mm, uintptr_t va) {
    const uint64_t *words = (const uint64_t *)bytes_at(mm, va);
    return words[0] == va && words[1] == va + 1;
}

// What is different about the page at `va` in a copy, in words; NULL if nothing is.
static const char *page_fault_of_copy(const struct mm *to, const struct mm *from, uintptr_t va) {
    const pte_t *theirs = pte_find(&from->pt, va);
    const pte_t *ours = pte_find(&to->pt, va);
    if (ours == NULL || !pte_present(*ours)) {
        return "is missing";
    }
    if (pte_frame(*ours) == pte_frame(*theirs)) {
        return "is in the same frame";
    }
    if (pte_frame(*ours)->kind != FRAME_USER) {
        return "is in a frame that is not user memory";
    }
    if (!is_filled(from, va)) {
        return "was changed in the original";
    }
    if (memcmp(bytes_at(to, va), bytes_at(from, va), PAGE_SIZE) != 0) {
        return "has other contents";
    }
    return NULL;
}

// Says on the console what is wrong with the first page of `pages` that is not copied as it should
// be.
static bool all_copied(const struct mm *to, const struct mm *from, const uintptr_t *pages,
                       unsigned total) {
    for (unsigned i = 0; i < total; i++) {
        const char *wrong = page_fault_of_copy(to, from, pages[i]);
        if (wrong != NULL) {
            printk("mm_copy: page 0x%lx %s\n", pages[i], wrong);
            return false;
        }
    }
    return true;
}

// Every page has its own frame, with what was in the other; later writes stay where they are made.
KTEST(lab1_mm_isolated) {
    if (LAB < 1) {
        return;
    }
    static const uintptr_t pages[] = {2 * MIB, 2 * MIB + PAGE_SIZE, 2 * MIB + 2 * PAGE_SIZE};
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL && mm_map(from, 2 * MIB, 3 * MIB, RW) == 0);
    for (unsigned i = 0; i < 3; i++) {
        KTEST_CHECK(fill_page(from, pages[i], ACCESS_WRITE));
    }
    KTEST_CHECK(copy(to, from) == 0);
    KTEST_CHECK(all_copied(to, from, pages, 3));
    *bytes_at(to, 2 * MIB) = 0xcc;
    *bytes_at(from, 2 * MIB + PAGE_SIZE) = 0xff;
    KTEST_CHECK(*bytes_at(from, 2 * MIB) != 0xcc);
    KTEST_CHECK(*bytes_at(to, 2 * MIB + PAGE_SIZE) != 0xff);
    mm_put(from);
    KTEST_CHECK(*bytes_at(to, 2 * MIB) == 0xcc); // does not depend on the original
    mm_put(to);
}

// Rights are copied with the page: code stays code, constants stay constants, and a page that
// nobody may touch keeps what is in it.
KTEST(lab1_mm_readonly) {
    if (LAB < 1) {
        return;
    }
    static const uintptr_t pages[] = {1 * MIB, 2 * MIB, 3 * MIB, 4 * MIB};
    static const unsigned flags[] = {VMA_READ | VMA_EXEC, VMA_READ, RW, RW};
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL);
    for (unsigned i = 0; i < 4; i++) {
        KTEST_CHECK(mm_map(from, pages[i], pages[i] + 4 * PAGE_SIZE, flags[i]) == 0);
        KTEST_CHECK(fill_page(from, pages[i], ACCESS_READ));
    }
    KTEST_CHECK(mm_protect(from, 4 * MIB, 4 * MIB + 4 * PAGE_SIZE, PROT_NONE) == 0);
    KTEST_CHECK(copy(to, from) == 0);
    KTEST_CHECK(all_copied(to, from, pages, 4));
    for (unsigned i = 0; i < 4; i++) {
        pte_t theirs = *pte_find(&from->pt, pages[i]);
        pte_t ours = *pte_find(&to->pt, pages[i]);
        if (!same_rights(ours, theirs)) {
            printk("mm_copy: page 0x%lx has other rights\n", pages[i]);
        }
        KTEST_CHECK(same_rights(ours, theirs));
        KTEST_CHECK(same_rights(*pte_find(&from->pt, pages[i]), theirs));
    }
    KTEST_CHECK(mm_fault(to, 2 * MIB, ACCESS_WRITE) == FAULT_SEGV);
    KTEST_CHECK(mm_fault(to, 1 * MIB + PAGE_SIZE, ACCESS_EXEC) == FAULT_HANDLED);
    mm_put(from);
    mm_put(to);
}

// All of it, and nothing else: pages at the edges of vmas and of page tables, vmas without pages,
// pages without a frame between others, the break.
KTEST(lab1_mm_partial) {
    if (LAB < 1) {
        return;
    }
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL);
    KTEST_CHECK(map_edges(from));
    for (unsigned i = 0; i < EDGES; i++) {
        KTEST_CHECK(fill_page(from, edges[i], ACCESS_WRITE));
    }
    KTEST_CHECK(copy(to, from) == 0);
    KTEST_CHECK(all_copied(to, from, edges, EDGES));
    KTEST_CHECK(same_vmas(to, from));
    KTEST_CHECK(to->brk_start == from->brk_start && to->brk == from->brk);
    KTEST_CHECK(bytes_at(to, 2 * PAGE_SIZE) == NULL || *bytes_at(to, 2 * PAGE_SIZE) == 0);
    KTEST_CHECK(bytes_at(from, 8 * MIB) == NULL); // looking at the original leaves it as it is
    mm_put(from);
    mm_put(to);
}

// MAP_SHARED memory is one: what either writes the other finds, also in pages first touched later.
KTEST(lab1_mm_shared) {
    if (LAB >= 1) {
        check_shared_object("mm_copy", copy);
    }
}

// An address space with pages in several page tables, and one that is shared.
static struct mm *make_original(const uintptr_t *pages, unsigned total) {
    struct mm *mm = mm_create();
    if (mm == NULL || mm_map(mm, MIB, 2 * MIB, RW | VMA_SHARED) < 0) {
        return NULL;
    }
    for (unsigned i = 0; i < total; i++) {
        if (mm_map(mm, pages[i], pages[i] + 2 * PAGE_SIZE, RW) < 0 ||
            !fill_page(mm, pages[i], ACCESS_WRITE)) {
            return NULL;
        }
    }
    return fill_page(mm, MIB, ACCESS_WRITE) ? mm : NULL;
}

// Out of memory at each frame in turn, for as long as it takes: -ENOMEM, and the caller gets
// everything back. The original stays as it is.
KTEST(lab1_mm_rollback) {
    static const uintptr_t pages[] = {2 * MIB, 2 * MIB + 4 * PAGE_SIZE, GIB, 512 * GIB};
    struct list taken = LIST_INIT(taken);
    int error = LAB >= 1 ? -ENOMEM : 0;
    bool complete = true;
    bool leaks = false;
    struct mm *from = make_original(pages, 4);
    KTEST_CHECK(from != NULL);
    uint64_t user_before = frame_total_of(FRAME_USER);
    take_all_frames(&taken);
    while (error == -ENOMEM && !leaks && !list_empty(&taken)) {
        struct mm *to = mm_create();
        if (to != NULL) {
            error = copy(to, from);
            complete = error != 0 || all_copied(to, from, pages, 4);
            mm_put(to);
        }
        leaks = frame_total_of(FRAME_USER) != user_before;
        give_back_one(&taken);
    }
    give_back_all(&taken);
    mm_put(from);
    KTEST_CHECK(!leaks);
    KTEST_CHECK(complete);
    KTEST_CHECK(error == 0);
}
