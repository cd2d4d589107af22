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
    (void)mm;
    (void)vma;
    (void)va;
    (void)entry;
    lab_missing("cow_fault", __FILE__);
}
