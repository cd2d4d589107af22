// SPDX-License-Identifier: MIT
// Kernel tests of labs 2a and 2b, the count of a frame and mm_share: address spaces that no program
// runs in, shared and compared page by page. None of them needs cow_fault.
#include "witness/ktests_lab2.h"
#include "arch/pagetable.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/shared.h"
#include "witness/ktest.h"
#include "witness/ktest_mm.h"
#include "witness/trace.h"

enum { MARK_SHARED = 1 };

// One claim more, or less, `times` times.
static void claim(struct frame *frame, int times) {
    for (int i = 0; LAB >= 2 && i < times; i++) {
        frame_get(frame);
    }
    for (int i = 0; LAB >= 2 && i > times; i--) {
        frame_put(frame);
    }
}

int share(struct mm *to, struct mm *from) {
    mutex_lock(&from->lock);
    int error = LAB >= 2 ? mm_share(to, from) : -ENOSYS;
    trace(TRACE_MARK, MARK_SHARED, (uint64_t)error, 0, 0, 0);
    mutex_unlock(&from->lock);
    return error;
}

pte_t entry_at(const struct mm *mm, uintptr_t va) {
    const pte_t *entry = pte_find(&mm->pt, va & ~(PAGE_SIZE - 1));
    return entry != NULL ? *entry : pte_empty();
}

// ---- 2a --------------------------------------------------------------------------------------

static bool has_count(const struct frame *frame, int wanted, const char *when) {
    int count = frame->count;
    if (frame->kind != FRAME_USER || count != wanted) {
        printk("count: %s: frame is %s with count %d, and should be user with count %d\n", when,
               frame_kind_name(frame->kind), count, wanted);
    }
    return frame->kind == FRAME_USER && count == wanted;
}

// Whoever gives up the last claim frees the frame, and no other one.
KTEST(lab2_count_last) {
    if (LAB < 2) {
        return;
    }
    uint64_t before = frame_total_of(FRAME_USER);
    struct frame *frame = frame_alloc(FRAME_USER);
    struct frame *other = frame_alloc(FRAME_USER);
    KTEST_CHECK(frame != NULL && other != NULL && has_count(frame, 1, "a fresh one"));
    claim(frame, 1);
    KTEST_CHECK(has_count(frame, 2, "one get"));
    claim(frame, -1);
    KTEST_CHECK(has_count(frame, 1, "one get, one put"));
    KTEST_CHECK(frame_total_of(FRAME_USER) == before + 2);
    claim(frame, -1);
    KTEST_CHECK(frame->kind == FRAME_FREE);
    KTEST_CHECK(has_count(other, 1, "another one"));
    claim(other, -1);
    KTEST_CHECK(frame_total_of(FRAME_USER) == before);
}

// More claims than two bytes can count.
KTEST(lab2_count_many) {
    enum { MANY = 70000 };
    if (LAB < 2) {
        return;
    }
    struct frame *frame = frame_alloc(FRAME_USER);
    KTEST_CHECK(frame != NULL);
    claim(frame, MANY);
    KTEST_CHECK(has_count(frame, MANY + 1, "70000 gets"));
    claim(frame, -MANY);
    KTEST_CHECK(has_count(frame, 1, "70000 gets and puts"));
    claim(frame, -1);
    KTEST_CHECK(frame->kind == FRAME_FREE);
}

// ---- 2b --------------------------------------------------------------------------------------

// What is wrong with the page at `va`, in words; NULL if nothing is. `before` is what the parent's
// entry was.
static const char *wrong_with(const struct mm *to, const struct mm *from, uintptr_t va,
                              pte_t before) {
    pte_t childs = entry_at(to, va);
    pte_t parents = entry_at(from, va);
    if (!pte_present(parents)) {
        return "was taken from the parent";
    }
    if (!pte_present(childs)) {
        return "is missing in the child";
    }
    if (pte_frame(childs) != pte_frame(before)) {
        return "was copied";
    }
    if (pte_frame(parents) != pte_frame(before)) {
        return "is in another frame in the parent";
    }
    if (pte_writable(childs)) {
        return "can be written to by the child";
    }
    if (pte_writable(parents)) {
        return "can be written to by the parent";
    }
    if (!same_rights(childs, pte_write_protect(before))) {
        return "has other rights in the child";
    }
    return same_rights(parents, childs) ? NULL : "has other rights in the parent";
}

// Says on the console what is wrong with the first page that is not shared as it should be, with so
// many claims.
static bool all_shared(const struct mm *to, const struct mm *from, const struct page *pages,
                       unsigned total, int claims) {
    for (unsigned i = 0; i < total; i++) {
        const char *wrong = wrong_with(to, from, pages[i].va, pages[i].entry);
        int count = wrong != NULL ? claims : pte_frame(pages[i].entry)->count;
        if (wrong != NULL) {
            printk("mm_share: page 0x%lx %s\n", pages[i].va, wrong);
        } else if (count != claims) {
            printk("mm_share: page 0x%lx has count %d, and should have %d\n", pages[i].va, count,
                   claims);
        }
        if (wrong != NULL || count != claims) {
            return false;
        }
    }
    return true;
}

bool fill_pages(struct mm *mm, struct page *pages, unsigned total, enum access access) {
    for (unsigned i = 0; i < total; i++) {
        if (!fill_page(mm, pages[i].va, access)) {
            return false;
        }
        pages[i].entry = entry_at(mm, pages[i].va);
    }
    return true;
}

// Both map the same frames, neither can write to them, and no frame was taken for it.
KTEST(lab2_share_frames) {
    if (LAB < 2) {
        return;
    }
    struct page pages[] = {
        {.va = 2 * MIB}, {.va = 2 * MIB + PAGE_SIZE}, {.va = 2 * MIB + 3 * PAGE_SIZE}};
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL && mm_map(from, 2 * MIB, 3 * MIB, RW) == 0);
    KTEST_CHECK(fill_pages(from, pages, 3, ACCESS_WRITE));
    uint64_t before = frame_total_of(FRAME_USER);
    KTEST_CHECK(share(to, from) == 0);
    KTEST_CHECK(all_shared(to, from, pages, 3, 2));
    KTEST_CHECK(frame_total_of(FRAME_USER) == before);
    mm_put(from);
    KTEST_CHECK(*(uint64_t *)bytes_at(to, 2 * MIB) == 2 * MIB); // the frames live on
    KTEST_CHECK(pte_frame(pages[0].entry)->count == 1);
    mm_put(to);
}

// But for writing, the rights stay: code stays code, constants stay constants, and what nobody may
// touch keeps its frame.
KTEST(lab2_share_rights) {
    if (LAB < 2) {
        return;
    }
    static const unsigned flags[] = {VMA_READ | VMA_EXEC, VMA_READ, RW, RW};
    struct page pages[] = {{.va = MIB}, {.va = 2 * MIB}, {.va = 3 * MIB}, {.va = 4 * MIB}};
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL);
    for (unsigned i = 0; i < 4; i++) {
        KTEST_CHECK(mm_map(from, pages[i].va, pages[i].va + 4 * PAGE_SIZE, flags[i]) == 0);
        KTEST_CHECK(fill_pages(from, &pages[i], 1, ACCESS_READ));
    }
    KTEST_CHECK(mm_protect(from, 4 * MIB, 4 * MIB + 4 * PAGE_SIZE, PROT_NONE) == 0);
    pages[3].entry = entry_at(from, 4 * MIB);
    KTEST_CHECK(share(to, from) == 0);
    KTEST_CHECK(all_shared(to, from, pages, 4, 2));
    KTEST_CHECK(same_vmas(to, from));
    KTEST_CHECK(mm_find_vma(to, 3 * MIB)->flags == RW);   // it may be written to
    KTEST_CHECK(mm_find_vma(from, 3 * MIB)->flags == RW); // just not at once
    mm_put(from);
    mm_put(to);
}

// All of it, and nothing else: pages at the edges of vmas and of page tables, vmas without pages,
// pages without a frame between others, the break.
KTEST(lab2_share_all) {
    if (LAB < 2) {
        return;
    }
    struct page pages[EDGES];
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL);
    KTEST_CHECK(map_edges(from));
    for (unsigned i = 0; i < EDGES; i++) {
        pages[i].va = edges[i];
    }
    KTEST_CHECK(fill_pages(from, pages, EDGES, ACCESS_WRITE));
    KTEST_CHECK(share(to, from) == 0);
    KTEST_CHECK(all_shared(to, from, pages, EDGES, 2));
    KTEST_CHECK(same_vmas(to, from));
    KTEST_CHECK(to->brk_start == from->brk_start && to->brk == from->brk);
    KTEST_CHECK(bytes_at(to, 2 * PAGE_SIZE) == NULL && bytes_at(to, 8 * MIB) == NULL);
    KTEST_CHECK(bytes_at(from, 2 * PAGE_SIZE) == NULL && bytes_at(from, 8 * MIB) == NULL);
    mm_put(from);
    mm_put(to);
}

// MAP_SHARED memory is no copy-on-write: both go on writing to it, also to pages first touched
// later.
KTEST(lab2_share_object) {
    if (LAB >= 2) {
        check_shared_object("mm_share", share);
    }
}

// What is shared already is shared once more: with another child, with a grandchild, and when the
// first child has ended.
KTEST(lab2_share_again) {
    if (LAB < 2) {
        return;
    }
    struct page pages[] = {{.va = 2 * MIB}, {.va = 2 * MIB + PAGE_SIZE}};
    struct mm *all[5];
    for (unsigned i = 0; i < 5; i++) {
        all[i] = mm_create();
        KTEST_CHECK(all[i] != NULL);
    }
    struct mm *parent = all[0];
    KTEST_CHECK(mm_map(parent, 2 * MIB, 3 * MIB, RW) == 0 &&
                fill_pages(parent, pages, 2, ACCESS_WRITE));
    KTEST_CHECK(share(all[1], parent) == 0 && share(all[2], all[1]) == 0);
    KTEST_CHECK(all_shared(all[2], all[1], pages, 2, 3));
    KTEST_CHECK(share(all[3], parent) == 0);
    KTEST_CHECK(all_shared(all[3], parent, pages, 2, 4));
    for (unsigned i = 1; i < 4; i++) {
        mm_put(all[i]);
    }
    KTEST_CHECK(share(all[4], parent) == 0);
    KTEST_CHECK(all_shared(all[4], parent, pages, 2, 2));
    mm_put(parent);
    mm_put(all[4]);
}

// Two vmas, and pages in two tables: a flush must follow each store that forbids something (the
// trace tells).
KTEST(lab2_share_flush) {
    if (LAB < 2) {
        return;
    }
    struct page pages[] = {{.va = 2 * MIB - PAGE_SIZE}, {.va = 2 * MIB}, {.va = GIB}};
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL && mm_map(from, MIB, 3 * MIB, RW) == 0);
    KTEST_CHECK(mm_map(from, GIB, GIB + MIB, RW) == 0);
    KTEST_CHECK(fill_pages(from, pages, 3, ACCESS_WRITE));
    KTEST_CHECK(share(to, from) == 0);
    mm_put(from);
    mm_put(to);
}

// ---- 2b, extended ----------------------------------------------------------------------------

enum { KEPT_PAGES = 2, OWN_PAGES = 3 };

// As it should be when a child could not be made: what an earlier child shares is still protected,
// and the rest is the parent's alone.
static bool as_before(const struct mm *from, const struct page *kept, const struct page *own) {
    for (unsigned i = 0; i < KEPT_PAGES; i++) {
        pte_t now = entry_at(from, kept[i].va);
        if (pte_writable(now)) {
            printk("mm_share: page 0x%lx can be written to, though a child shares it\n",
                   kept[i].va);
            return false;
        }
        if (!pte_present(now) || pte_frame(now) != pte_frame(kept[i].entry) ||
            pte_frame(now)->count != 2) {
            printk("mm_share: page 0x%lx of an earlier child has changed\n", kept[i].va);
            return false;
        }
    }
    for (unsigned i = 0; i < OWN_PAGES; i++) {
        pte_t now = entry_at(from, own[i].va);
        if (!pte_present(now) || pte_frame(now) != pte_frame(own[i].entry) ||
            pte_frame(now)->count != 1) {
            printk("mm_share: page 0x%lx of the parent has changed\n", own[i].va);
            return false;
        }
    }
    return true;
}

// One attempt. 0 or the error of mm_share, or -EAGAIN if there was no address space to try with.
static int try_to_share(struct mm *from, struct page *own, bool *complete) {
    struct mm *to = mm_create();
    if (to == NULL) {
        return -EAGAIN;
    }
    for (unsigned i = 0; i < OWN_PAGES; i++) { // each attempt has something to protect
        pte_store(&from->pt, own[i].va, pte_find(&from->pt, own[i].va), own[i].entry);
    }
    int error = share(to, from);
    *complete = error != 0 || all_shared(to, from, own, OWN_PAGES, 2);
    mm_put(to);
    return error;
}

// Out of memory at each frame in turn, for as long as it takes.
KTEST(lab2_share_memory) {
    struct page kept[KEPT_PAGES] = {{.va = 2 * MIB}, {.va = GIB}};
    struct page own[OWN_PAGES] = {{.va = 4 * MIB}, {.va = 2 * GIB}, {.va = 512 * GIB}};
    struct list taken = LIST_INIT(taken);
    bool complete = true;
    bool unchanged = true;
    int error = -EAGAIN;
    if (LAB < 2) {
        return;
    }
    struct mm *from = mm_create();
    struct mm *earlier = mm_create();
    KTEST_CHECK(from != NULL && earlier != NULL);
    for (unsigned i = 0; i < KEPT_PAGES; i++) {
        KTEST_CHECK(mm_map(from, kept[i].va, kept[i].va + MIB, RW) == 0);
    }
    KTEST_CHECK(fill_pages(from, kept, KEPT_PAGES, ACCESS_WRITE) && share(earlier, from) == 0);
    for (unsigned i = 0; i < OWN_PAGES; i++) {
        KTEST_CHECK(mm_map(from, own[i].va, own[i].va + MIB, RW) == 0);
    }
    KTEST_CHECK(fill_pages(from, own, OWN_PAGES, ACCESS_WRITE));
    uint64_t before = frame_total_of(FRAME_USER);
    take_all_frames(&taken);
    while ((error == -ENOMEM || error == -EAGAIN) && complete && unchanged && !list_empty(&taken)) {
        error = try_to_share(from, own, &complete);
        unchanged = as_before(from, kept, own) && frame_total_of(FRAME_USER) == before;
        give_back_one(&taken);
    }
    give_back_all(&taken);
    mm_put(from);
    mm_put(earlier);
    KTEST_CHECK(unchanged);
    KTEST_CHECK(complete);
    KTEST_CHECK(error == 0);
}
