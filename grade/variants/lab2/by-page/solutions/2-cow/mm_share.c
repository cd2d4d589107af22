// SPDX-License-Identifier: MIT
// Another correct mm_share: all vmas first; then page by page over the whole of user memory, each
// with a flush of its own. With more debug printing than anybody needs.
#include "arch/pagetable.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "mm/shared.h"

static bool share_one(struct mm *to, struct mm *from, uintptr_t va, pte_t *parents) {
    const struct vma *vma = mm_find_vma(from, va);
    struct frame *frame = pte_frame(*parents);
    pte_t *childs = pte_find_or_create(&to->pt, va);
    if (childs == NULL) {
        printk("DEBUG: no table for page %lx\n", va);
        return false;
    }
    if (vma->shared != NULL) {
        shared_frame_get(frame);
        pte_store(&to->pt, va, childs, pte_make(frame, vma->flags & VMA_PROT));
        return true;
    }
    frame_get(frame);
    pte_t protected_pte = pte_write_protect(pte_make(frame, vma->flags & VMA_PROT));
    pte_store(&from->pt, va, parents, protected_pte);
    tlb_flush_page(&from->pt, va);
    pte_store(&to->pt, va, childs, protected_pte);
    return true;
}

int mm_share(struct mm *to, struct mm *from) {
    unsigned pages = 0;
    printk("DEBUG: mm_share from %lx to %lx\n", (unsigned long)from, (unsigned long)to);
    to->brk_start = from->brk_start;
    to->brk = from->brk;
    list_for_each(link, &from->vmas) {
        if (mm_map_like(to, list_entry(link, struct vma, link)) < 0) {
            return -ENOMEM;
        }
    }
    for_each_pte(it, &from->pt, 0, USER_TOP) {
        if (pte_present(*it.entry)) {
            pages++;
            if (!share_one(to, from, it.va, it.entry)) {
                return -ENOMEM;
            }
        }
    }
    printk("panic: not at all, %u pages are shared\n", pages);
    return 0;
}
