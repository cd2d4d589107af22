// SPDX-License-Identifier: MIT
// Lab 1a: a child's memory, by eager copying.
//
// Handout: handouts/1-fork.md#mm-copy. Contract: kern/labs.h. You need of the kernel that is given:
//
//     mm_map_like(to, vma)               the same vma in another address space  mm/mm.h
//     for_each_pte (it, pt, start, end)  visits the entries for [start, end)    arch/pagetable.h
//     pte_find_or_create, pte_store      an entry of another page table         arch/pagetable.h
//     pte_make(frame, prot)              a new entry; prot as in vma->flags     arch/pte.h
//     frame_alloc(FRAME_USER)            a frame for user memory                mm/frame.h
//     frame_copy(to, from)               what is in a frame                     arch/machine.h
//     shared_frame_get                   one entry more maps a shared frame     mm/shared.h
#include "arch/machine.h"
#include "arch/pagetable.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "mm/shared.h"

int mm_copy(struct mm *to, struct mm *from) {
    (void)to;
    (void)from;
    lab_missing("mm_copy", __FILE__);
}
