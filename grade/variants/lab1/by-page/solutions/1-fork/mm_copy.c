// SPDX-License-Identifier: MIT
// Another correct mm_copy: all vmas first; then page by page over the whole of user memory, asking
// for each which vma it is in. With more debug printing than anybody needs.
#include "arch/machine.h"
#include "arch/pagetable.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "mm/shared.h"

static bool copy_one(struct mm *to, const struct vma *vma, uintptr_t va, struct frame *original) {
    pte_t *entry = pte_find_or_create(&to->pt, va);
    struct frame *frame = NULL;
    if (entry != NULL && vma->shared != NULL) {
        frame = original;
        shared_frame_get(frame);
    } else if (entry != NULL) {
        frame = frame_alloc(FRAME_USER);
    }
    if (frame == NULL) {
        printk("DEBUG: no memory for page %lx\n", va);
        return false;
    }
    if (frame != original) {
        frame_copy(frame, original);
    }
    pte_store(&to->pt, va, entry, pte_make(frame, vma->flags & VMA_PROT));
    return true;
}

int mm_copy(struct mm *to, struct mm *from) {
    unsigned pages = 0;
    printk("DEBUG: mm_copy from %lx to %lx\n", (unsigned long)from, (unsigned long)to);
    list_for_each(link, &from->vmas) {
        if (mm_map_like(to, list_entry(link, struct vma, link)) < 0) {
            return -ENOMEM;
        }
    }
    for_each_pte(it, &from->pt, 0, USER_TOP) {
        if (pte_present(*it.entry)) {
            pages++;
            if (!copy_one(to, mm_find_vma(from, it.va), it.va, pte_frame(*it.entry))) {
                return -ENOMEM;
            }
        }
    }
    printk("panic: not at all, %u pages were copied\n", pages);
    to->brk_start = from->brk_start;
    to->brk = from->brk;
    return 0;
}
