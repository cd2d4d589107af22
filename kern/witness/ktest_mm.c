// SPDX-License-Identifier: MIT
#include "witness/ktest_mm.h"

#include "kernel.h"
#include "mm/frame.h"
#include "witness/ktest.h"

uint8_t *bytes_at(const struct mm *mm, uintptr_t va) {
    const pte_t *entry = pte_find(&mm->pt, va & ~(PAGE_SIZE - 1));
    if (entry == NULL || !pte_present(*entry)) {
        return NULL;
    }
    return (uint8_t *)frame_memory(pte_frame(*entry)) + va % PAGE_SIZE;
}

uint8_t *bytes_touched(struct mm *mm, uintptr_t va) {
    const struct vma *vma = mm_find_vma(mm, va);
    unsigned flags = vma != NULL ? vma->flags : 0;
    enum access access = flags & VMA_READ   ? ACCESS_READ
                         : flags & VMA_EXEC ? ACCESS_EXEC
                                            : ACCESS_WRITE;
    return mm_fault(mm, va, access) == FAULT_HANDLED ? bytes_at(mm, va) : NULL;
}

bool fill_page(struct mm *mm, uintptr_t va, enum access access) {
    if (mm_fault(mm, va, access) != FAULT_HANDLED) {
        return false;
    }
    uint64_t *words = (uint64_t *)bytes_at(mm, va);
    for (size_t i = 0; i < PAGE_SIZE / sizeof *words; i++) {
        words[i] = va + i;
    }
    return true;
}

bool same_rights(pte_t a, pte_t b) {
    return pte_user(a) == pte_user(b) && pte_writable(a) == pte_writable(b) &&
           pte_executable(a) == pte_executable(b);
}

bool same_vmas(const struct mm *a, const struct mm *b) {
    const struct list *in_b = b->vmas.next;
    list_for_each(in_a, &a->vmas) {
        const struct vma *left = list_entry(in_a, struct vma, link);
        const struct vma *right = list_entry(in_b, struct vma, link);
        if (in_b == &b->vmas || left->start != right->start || left->end != right->end ||
            left->flags != right->flags || left->shared != right->shared ||
            left->inode != right->inode || left->offset != right->offset) {
            return false;
        }
        in_b = in_b->next;
    }
    return in_b == &b->vmas;
}

void take_all_frames(struct list *taken) {
    struct frame *frame;
    while ((frame = frame_alloc(FRAME_KERNEL)) != NULL) {
        list_push_back(taken, &frame->link);
    }
}

void give_back_one(struct list *taken) {
    struct frame *frame = list_entry(taken->next, struct frame, link);
    list_remove(&frame->link);
    frame_free(frame);
}

void give_back_all(struct list *taken) {
    while (!list_empty(taken)) {
        give_back_one(taken);
    }
}

static pte_t entry_of(const struct mm *mm, uintptr_t va) {
    const pte_t *entry = pte_find(&mm->pt, va);
    return entry != NULL ? *entry : pte_empty();
}

void check_shared_object(const char *name, fork_memory *fork) {
    struct mm *from = mm_create();
    struct mm *to = mm_create();
    KTEST_CHECK(from != NULL && to != NULL);
    KTEST_CHECK(mm_map(from, 2 * MIB, 3 * MIB, RW | VMA_SHARED) == 0);
    KTEST_CHECK(fill_page(from, 2 * MIB, ACCESS_WRITE));
    KTEST_CHECK(fork(to, from) == 0);
    KTEST_CHECK(mm_fault(to, 2 * MIB, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(bytes_at(to, 2 * MIB) == bytes_at(from, 2 * MIB));
    KTEST_CHECK(pte_writable(entry_of(from, 2 * MIB)));
    KTEST_CHECK(pte_writable(entry_of(to, 2 * MIB)));
    int owners = pte_frame(entry_of(to, 2 * MIB))->count; // the object, and two entries
    if (owners != 3) {
        printk("%s: a shared frame has %d owners, and should have 3\n", name, owners);
    }
    KTEST_CHECK(owners == 3);
    KTEST_CHECK(mm_fault(to, 2 * MIB + PAGE_SIZE, ACCESS_WRITE) == FAULT_HANDLED);
    KTEST_CHECK(mm_fault(from, 2 * MIB + PAGE_SIZE, ACCESS_READ) == FAULT_HANDLED);
    KTEST_CHECK(bytes_at(to, 2 * MIB + PAGE_SIZE) == bytes_at(from, 2 * MIB + PAGE_SIZE));
    mm_put(from);
    KTEST_CHECK(*(uint64_t *)bytes_at(to, 2 * MIB) == 2 * MIB); // the frame lives on
    mm_put(to);
}

const uintptr_t edges[EDGES] = {
    PAGE_SIZE,
    2 * MIB - PAGE_SIZE,
    2 * MIB,
    GIB - PAGE_SIZE,
    GIB,
    512 * GIB,
    USER_TOP - 2 * PAGE_SIZE,
    USER_TOP - PAGE_SIZE,
};

bool map_edges(struct mm *mm) {
    mm->brk_start = MIB;
    mm->brk = 4 * MIB - 17;
    return mm_map(mm, PAGE_SIZE, 3 * PAGE_SIZE, RW) == 0 &&
           mm_map(mm, MIB, 4 * MIB, RW | VMA_HEAP) == 0 &&
           mm_map(mm, 8 * MIB, 9 * MIB, RW) == 0 && // nobody touches it
           mm_map(mm, GIB - PAGE_SIZE, GIB + PAGE_SIZE, RW) == 0 &&
           mm_map(mm, 512 * GIB, 513 * GIB, RW) == 0 &&
           mm_map(mm, USER_TOP - 4 * PAGE_SIZE, USER_TOP, RW | VMA_STACK) == 0;
}
