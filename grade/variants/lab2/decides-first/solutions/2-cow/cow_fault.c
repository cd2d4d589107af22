// SPDX-License-Identifier: MIT
// Another correct cow_fault: first decides what this is, then does it; entries are made from the
// old one; all of the address space is flushed.
#include "arch/machine.h"
#include "arch/pagetable.h"
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/mm.h"

enum kind { FORBIDDEN, RESOLVED, SHARED, OWN };

static enum kind kind_of(const struct vma *vma, pte_t pte) {
    if (pte_writable(pte)) {
        return RESOLVED;
    }
    if (vma->shared != NULL || (vma->flags & VMA_WRITE) == 0) {
        return FORBIDDEN;
    }
    return pte_frame(pte)->count > 1 ? SHARED : OWN;
}

enum cow_result cow_fault(struct mm *mm, const struct vma *vma, uintptr_t va, pte_t *entry) {
    static const char *const names[] = {"forbidden", "resolved", "shared", "own"};
    uintptr_t page = va & ~(PAGE_SIZE - 1);
    enum kind kind = kind_of(vma, *entry);
    struct frame *old = pte_frame(*entry);
    struct frame *frame = old;
    printk("DEBUG: a write to %lx: %s\n", va, names[kind]);
    if (kind == FORBIDDEN) {
        return COW_NOT_MINE;
    }
    if (kind == SHARED) {
        frame = frame_alloc(FRAME_USER);
        if (frame == NULL) {
            return COW_OOM;
        }
        frame_copy(frame, old);
    }
    if (kind != RESOLVED) {
        pte_store(&mm->pt, page, entry, pte_make(frame, vma->flags & VMA_PROT));
    }
    tlb_flush_all(&mm->pt);
    if (kind == SHARED) {
        frame_put(old);
    }
    return COW_HANDLED;
}
