// SPDX-License-Identifier: MIT
// Another correct mm_copy, in two passes: from the highest vma to the lowest, first everything that
// may fail (vmas, tables, frames), then the contents.
#include "arch/machine.h"
#include "arch/pagetable.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "mm/shared.h"

static int prepare(struct mm *to, struct mm *from, const struct vma *vma) {
    int error = mm_map_like(to, vma);
    for_each_pte(it, &from->pt, vma->start, vma->end) {
        if (error == 0 && pte_present(*it.entry)) {
            pte_t *entry = pte_find_or_create(&to->pt, it.va);
            struct frame *frame = pte_frame(*it.entry);
            if (entry == NULL) {
                error = -ENOMEM;
            } else if (vma->flags & VMA_SHARED) {
                shared_frame_get(frame);
                pte_store(&to->pt, it.va, entry, *it.entry);
            } else if ((frame = frame_alloc(FRAME_USER)) == NULL) {
                error = -ENOMEM;
            } else {
                pte_store(&to->pt, it.va, entry, pte_make(frame, vma->flags & VMA_PROT));
            }
        }
    }
    printk("DEBUG: %lx-%lx: %d\n", vma->start, vma->end, error);
    return error;
}

static void fill(struct mm *to, struct mm *from) {
    for_each_pte(it, &to->pt, 0, USER_TOP) {
        if (pte_present(*it.entry)) {
            struct frame *original = pte_frame(*pte_find(&from->pt, it.va));
            if (original != pte_frame(*it.entry)) {
                frame_copy(pte_frame(*it.entry), original);
            }
        }
    }
}

int mm_copy(struct mm *to, struct mm *from) {
    for (struct list *link = from->vmas.prev; link != &from->vmas; link = link->prev) {
        int error = prepare(to, from, list_entry(link, struct vma, link));
        if (error != 0) {
            printk("DEBUG: out of memory, says mm_copy\n");
            return error;
        }
    }
    fill(to, from);
    to->brk = from->brk;
    to->brk_start = from->brk_start;
    return 0;
}
