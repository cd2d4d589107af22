// SPDX-License-Identifier: MIT
// Lab 2b: a child's memory, by sharing every frame with its parent.
//
// Handout: handouts/2-cow.md#mm-share. Contract: kern/labs.h. You need of the kernel that is given:
//
//     mm_map_like(to, vma)                    the same vma in another memory      mm/mm.h
//     for_each_pte_run (run, pt, start, end)  visits entries, a table at a time   arch/pagetable.h
//     pte_find_or_create, pte_store           an entry of another page table      arch/pagetable.h
//     pte_writable, pte_write_protect         what an entry permits               arch/pte.h
//     shared_frame_get                        one entry more maps a shared frame  mm/shared.h
//     tlb_flush_all, tlb_flush_page           makes all CPUs forget translations  arch/pagetable.h
#include "arch/pagetable.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "mm/shared.h"

int mm_share(struct mm *to, struct mm *from) {
    (void)to;
    (void)from;
    lab_missing("mm_share", __FILE__);
}
