// SPDX-License-Identifier: MIT
// Another correct cow_fault: first takes away, then gives. The old entry is emptied and flushed
// before the new one is stored.
#include "arch/machine.h"
#include "arch/pagetable.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"

// A frame with what `frame` holds, for the writer alone. Or NULL.
static struct frame *frame_for_writer(struct frame *frame) {
    struct frame *copy = frame_alloc(FRAME_USER);
    if (copy != NULL) {
        frame_copy(copy, frame);
        printk("DEBUG: frame %lx is copied to %lx\n", frame_number(frame), frame_number(copy));
    }
    return copy;
}

enum cow_result cow_fault(struct mm *mm, const struct vma *vma, uintptr_t va, pte_t *entry) {
    uintptr_t page = va - va % PAGE_SIZE;
    struct frame *frame = pte_frame(*entry);
    if (vma->shared != NULL || (vma->flags & VMA_WRITE) == 0) {
        printk("DEBUG: not mine: %lx\n", va);
        return pte_writable(*entry) ? COW_HANDLED : COW_NOT_MINE;
    }
    if (pte_writable(*entry)) {
        return COW_HANDLED;
    }
    int claims = atomic_load(&frame->count);
    struct frame *new_frame = claims > 1 ? frame_for_writer(frame) : frame;
    if (new_frame == NULL) {
        return COW_OOM;
    }
    pte_store(&mm->pt, page, entry, pte_empty());
    tlb_flush_page(&mm->pt, page);
    pte_store(&mm->pt, page, entry, pte_make(new_frame, vma->flags & VMA_PROT));
    if (new_frame != frame) {
        frame_put(frame);
    }
    return COW_HANDLED;
}
