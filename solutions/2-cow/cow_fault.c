// SPDX-License-Identifier: MIT
// Lab 2c: a write to a page that is there.
//
// Handout: handouts/2-cow.md#cow-fault. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     vma->flags, vma->shared    what the mapping permits; whose memory it is  mm/mm.h
//     frame->count               how many claims there are                     mm/frame.h
//     frame_alloc(FRAME_USER)    a frame for user memory                       mm/frame.h
//     frame_copy(to, from)       what is in a frame                            arch/machine.h
//     pte_make(frame, prot)      a new entry; prot as in vma->flags            arch/pte.h
//     pte_store, tlb_flush_page  changes an entry; makes all CPUs forget       arch/pagetable.h
#include "arch/machine.h"
#include "arch/pagetable.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"

enum cow_result cow_fault(struct mm *mm, const struct vma *vma, uintptr_t va, pte_t *entry) {
    //: solution
    uintptr_t page = va & ~(PAGE_SIZE - 1);
    if (pte_writable(*entry)) { // somebody else was here first; this CPU had not heard of it
        tlb_flush_page(&mm->pt, page);
        return COW_HANDLED;
    }
    if ((vma->flags & VMA_WRITE) == 0 || vma->shared != NULL) {
        return COW_NOT_MINE;
    }
    struct frame *frame = pte_frame(*entry);
    if (frame->count == 1) { // ours alone: nobody can come to share it while mm is locked
        pte_store(&mm->pt, page, entry, pte_make(frame, vma->flags & VMA_PROT));
        return COW_HANDLED;
    }
    struct frame *copy = frame_alloc(FRAME_USER);
    if (copy == NULL) {
        return COW_OOM;
    }
    frame_copy(copy, frame);
    pte_store(&mm->pt, page, entry, pte_make(copy, vma->flags & VMA_PROT));
    tlb_flush_page(&mm->pt, page);
    frame_put(frame); // only now: until the flush other CPUs might still read it
    return COW_HANDLED;
    //: skeleton
    //| (void)mm;
    //| (void)vma;
    //| (void)va;
    //| (void)entry;
    //| lab_missing("cow_fault", __FILE__);
    //: end
}
