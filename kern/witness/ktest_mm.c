// SPDX-License-Identifier: MIT
#include "witness/ktest_mm.h"

#include "mm/frame.h"

uint8_t *bytes_at(const struct mm *mm, uintptr_t va) {
    const pte_t *entry = pte_find(&mm->pt, va & ~(PAGE_SIZE - 1));
    if (entry == NULL || !pte_present(*entry)) {
        return NULL;
    }
    return (uint8_t *)frame_memory(pte_frame(*entry)) + va % PAGE_SIZE;
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
            left->flags != right->flags || left->shared != right->shared) {
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
