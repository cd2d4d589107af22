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

//: solution
// The frame that the child's page shall have: the same one if the memory is shared, else a copy.
static struct frame *frame_for_child(const struct vma *vma, struct frame *parents) {
    if (vma->shared != NULL) {
        shared_frame_get(parents);
        return parents;
    }
    struct frame *frame = frame_alloc(FRAME_USER);
    if (frame != NULL) {
        frame_copy(frame, parents);
    }
    return frame;
}

static int copy_pages(struct mm *to, const struct mm *from, const struct vma *vma) {
    for_each_pte(it, &from->pt, vma->start, vma->end) {
        if (!pte_present(*it.entry)) {
            continue;
        }
        pte_t *entry = pte_find_or_create(&to->pt, it.va);
        if (entry == NULL) {
            return -ENOMEM;
        }
        struct frame *frame = frame_for_child(vma, pte_frame(*it.entry));
        if (frame == NULL) {
            return -ENOMEM;
        }
        pte_store(&to->pt, it.va, entry, pte_make(frame, vma->flags & VMA_PROT));
    }
    return 0;
}

//: end
int mm_copy(struct mm *to, struct mm *from) {
    //: solution
    list_for_each(link, &from->vmas) {
        const struct vma *vma = list_entry(link, struct vma, link);
        int error = mm_map_like(to, vma);
        if (error == 0) {
            error = copy_pages(to, from, vma);
        }
        if (error < 0) {
            return error;
        }
    }
    to->brk_start = from->brk_start;
    to->brk = from->brk;
    return 0;
    //: skeleton
    //| (void)to;
    //| (void)from;
    //| lab_missing("mm_copy", __FILE__);
    //: end
}
