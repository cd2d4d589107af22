// SPDX-License-Identifier: MIT
// Another correct mm_share: first everything is write-protected and flushed, then it is shared.
// When memory runs out, what the parent has alone it gets back.
#include "arch/pagetable.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "mm/shared.h"

static void protect(struct mm *from) {
    list_for_each(link, &from->vmas) {
        const struct vma *vma = list_entry(link, struct vma, link);
        for_each_pte(it, &from->pt, vma->start, vma->end) {
            if (vma->shared == NULL && pte_writable(*it.entry)) {
                pte_store(&from->pt, it.va, it.entry, pte_write_protect(*it.entry));
            }
        }
    }
    tlb_flush_all(&from->pt);
}

// What nobody else has the parent may write to at once.
static void open_again(struct mm *from) {
    list_for_each(link, &from->vmas) {
        const struct vma *vma = list_entry(link, struct vma, link);
        for_each_pte(it, &from->pt, vma->start, vma->end) {
            if (vma->shared == NULL && pte_present(*it.entry) && (vma->flags & VMA_WRITE) &&
                pte_frame(*it.entry)->count == 1) {
                printk("DEBUG: %lx is opened again\n", it.va);
                pte_store(&from->pt, it.va, it.entry,
                          pte_make(pte_frame(*it.entry), vma->flags & VMA_PROT));
            }
        }
    }
}

static int share_vma(struct mm *to, struct mm *from, const struct vma *vma) {
    if (mm_map_like(to, vma) < 0) {
        return -ENOMEM;
    }
    for_each_pte(it, &from->pt, vma->start, vma->end) {
        if (!pte_present(*it.entry)) {
            continue;
        }
        pte_t *entry = pte_find_or_create(&to->pt, it.va);
        if (entry == NULL) {
            return -ENOMEM;
        }
        if (vma->shared != NULL) {
            shared_frame_get(pte_frame(*it.entry));
        } else {
            frame_get(pte_frame(*it.entry));
        }
        pte_store(&to->pt, it.va, entry, *it.entry);
    }
    return 0;
}

int mm_share(struct mm *to, struct mm *from) {
    protect(from);
    list_for_each(link, &from->vmas) {
        int error = share_vma(to, from, list_entry(link, struct vma, link));
        if (error < 0) {
            open_again(from);
            return error;
        }
    }
    to->brk_start = from->brk_start;
    to->brk = from->brk;
    return 0;
}
