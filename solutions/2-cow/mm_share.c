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

//: solution
// Gives the entry `childs` what `parents` has, for the page at `va` of a private mapping.
static inline void share_page(struct mm *to, pte_t *childs, struct mm *from, pte_t *parents,
                              uintptr_t va) {
    pte_t pte = *parents;
    frame_get(pte_frame(pte));
    if (pte_writable(pte)) {
        pte = pte_write_protect(pte);
        pte_store(&from->pt, va, parents, pte);
    }
    pte_store(&to->pt, va, childs, pte);
}

static int share_pages(struct mm *to, struct mm *from, const struct vma *vma) {
    for_each_pte_run(run, &from->pt, vma->start, vma->end) {
        pte_t *childs = pte_find_or_create(&to->pt, run.va);
        if (childs == NULL) {
            return -ENOMEM;
        }
        pte_t *parents = run.entries;
        for (unsigned i = 0, count = run.count; i < count; i++) {
            uintptr_t va = run.va + i * PAGE_SIZE;
            if (pte_present(parents[i]) && vma->shared == NULL) {
                share_page(to, &childs[i], from, &parents[i], va);
            } else if (pte_present(parents[i])) {
                shared_frame_get(pte_frame(parents[i]));
                pte_store(&to->pt, va, &childs[i], parents[i]);
            }
        }
    }
    return 0;
}

//: end
int mm_share(struct mm *to, struct mm *from) {
    //: solution
    int error = 0;
    list_for_each(link, &from->vmas) {
        const struct vma *vma = list_entry(link, struct vma, link);
        error = mm_map_like(to, vma);
        if (error == 0) {
            error = share_pages(to, from, vma);
        }
        if (error < 0) {
            break;
        }
    }
    to->brk_start = from->brk_start;
    to->brk = from->brk;
    tlb_flush_all(&from->pt); // after an error, too: some entries permit less than they did
    return error;
    //: skeleton
    //| (void)to;
    //| (void)from;
    //| lab_missing("mm_share", __FILE__);
    //: end
}
