// SPDX-License-Identifier: MIT
#include "mm/fault.h"

#include "arch/machine.h"
#include "errno.h"
#include "fs/inode.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/shared.h"
#include "witness/trace.h"

const char *access_name(enum access access) {
    static const char *const names[] = {"read", "write", "instruction fetch"};
    return names[access];
}

// The protection bit that an access needs.
static unsigned needed(enum access access) {
    static const unsigned bits[] = {PROT_READ, PROT_WRITE, PROT_EXEC};
    return bits[access];
}

static bool vma_permits(const struct vma *vma, enum access access) {
    return (vma->flags & needed(access)) != 0;
}

static bool pte_permits(pte_t pte, enum access access) {
    switch (access) {
    case ACCESS_WRITE:
        return pte_writable(pte);
    case ACCESS_EXEC:
        return pte_executable(pte);
    default:
        return pte_user(pte);
    }
}

// Why there is no vma at `va`. Far below the limit it is not the stack that was meant.
static const char *why_unmapped(const struct mm *mm, uintptr_t va) {
    const struct vma *stack = mm_stack_above(mm, va);
    if (stack != NULL && stack->end - va <= STACK_LIMIT_BYTES) {
        return "the stack cannot grow so far: another mapping is too close";
    }
    if (stack != NULL && stack->end - va <= STACK_LIMIT_BYTES + STACK_GUARD_BYTES) {
        return "below the stack's limit";
    }
    return "nothing is mapped there";
}

static const char *why_locked(const struct mm *mm, uintptr_t va, enum access access) {
    const struct vma *vma = mm_find_vma(mm, va);
    if (va < PAGE_SIZE) {
        return "a NULL pointer";
    }
    if (vma == NULL) {
        return why_unmapped(mm, va);
    }
    if ((vma->flags & VMA_PROT) == 0) {
        return "the mapping has PROT_NONE";
    }
    if (vma->inode != NULL && vma_permits(vma, access)) {
        return "the file that is mapped there ends before that page, or cannot grow";
    }
    return vma_permits(vma, access) ? "the page table forbids what the mapping permits"
                                    : "the mapping does not permit it";
}

const char *mm_why(struct mm *mm, uintptr_t va, enum access access) {
    mutex_lock(&mm->lock);
    const char *why = why_locked(mm, va, access);
    mutex_unlock(&mm->lock);
    return why;
}

// Gives an empty entry of a file's mapping its frame: the file's own, with one claim more; or a
// copy, if the mapping is private and the page is written to. Before lab 2 nobody can copy it
// later.
static __attribute__((noinline)) enum fault_result
fill_from_file(struct mm *mm, const struct vma *vma, uintptr_t page, enum access access,
               pte_t *entry) {
    struct frame *frame;
    int error = inode_map_page(vma->inode, vma->offset + (page - vma->start), &frame);
    if (error < 0) {
        return error == -ENOMEM ? FAULT_OOM : FAULT_BUS;
    }
    trace(TRACE_FILE_PAGE, page, frame_number(frame), vma->offset + (page - vma->start),
          vma->inode->number, 0);
    pte_t pte = pte_make(frame, vma->flags & VMA_PROT);
    if (vma->shared != NULL) {
        shared_frame_get(frame);
    } else if (LAB >= 2 && access != ACCESS_WRITE) {
        frame_get(frame);
        pte = pte_write_protect(pte);
    } else {
        struct frame *copy = frame_alloc(FRAME_USER);
        if (copy == NULL) {
            return FAULT_OOM;
        }
        frame_copy(copy, frame);
        pte = pte_make(copy, vma->flags & VMA_PROT);
    }
    pte_store(&mm->pt, page, entry, pte);
    return FAULT_HANDLED;
}

// Gives an empty entry its frame: the file's, the shared object's, or a fresh one filled with
// zeros.
static enum fault_result fill_page(struct mm *mm, const struct vma *vma, uintptr_t page,
                                   enum access access, pte_t *entry) {
    struct frame *frame;
    if (vma->inode != NULL) {
        return fill_from_file(mm, vma, page, access, entry);
    }
    if (vma->shared != NULL) {
        frame = shared_frame(vma->shared, vma->offset + (page - vma->start));
    } else {
        frame = frame_alloc(FRAME_USER);
    }
    if (frame == NULL) {
        return FAULT_OOM;
    }
    if (vma->shared == NULL) {
        frame_clear(frame);
    }
    pte_store(&mm->pt, page, entry, pte_make(frame, vma->flags & VMA_PROT));
    return FAULT_HANDLED;
}

// A write to a page that is there: that may be copy-on-write, which lab 2 finds out.
static enum fault_result write_fault(struct mm *mm, const struct vma *vma, uintptr_t va,
                                     pte_t *entry) {
    switch (cow_fault(mm, vma, va, entry)) {
    case COW_HANDLED:
        return FAULT_HANDLED;
    case COW_OOM:
        return FAULT_OOM;
    default:
        return FAULT_SEGV;
    }
}

static enum fault_result fault_locked(struct mm *mm, uintptr_t va, enum access access) {
    uintptr_t page = va & ~(PAGE_SIZE - 1);
    const struct vma *vma = mm_find_vma(mm, page);
    if (vma == NULL) {
        vma = mm_grow_stack(mm, page);
    }
    if (vma == NULL) {
        return FAULT_SEGV;
    }
    pte_t *entry = pte_find(&mm->pt, page);
    bool present = entry != NULL && pte_present(*entry);
    if (LAB >= 2 && present && access == ACCESS_WRITE) {
        return write_fault(mm, vma, va, entry);
    }
    if (!vma_permits(vma, access)) {
        return FAULT_SEGV;
    }
    if (present) {
        // The processor remembered an older entry, or somebody else has resolved the fault.
        tlb_flush_page(&mm->pt, page);
        return pte_permits(*entry, access) ? FAULT_HANDLED : FAULT_SEGV;
    }
    if (entry == NULL) {
        entry = pte_find_or_create(&mm->pt, page);
    }
    return entry == NULL ? FAULT_OOM : fill_page(mm, vma, page, access, entry);
}

enum fault_result mm_fault(struct mm *mm, uintptr_t va, enum access access) {
    mutex_lock(&mm->lock);
    enum fault_result result = fault_locked(mm, va, access);
    mutex_unlock(&mm->lock);
    return result;
}
