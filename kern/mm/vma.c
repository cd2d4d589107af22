// SPDX-License-Identifier: MIT
#include "mm/vma.h"

#include "fs/inode.h"
#include "kernel.h"
#include "mm/heap.h"
#include "mm/shared.h"

// The first link whose vma ends above `va`: the vma that contains it, or the next one above; the
// head if there is none.
static struct list *first_above(const struct mm *mm, uintptr_t va) {
    struct list *link = mm->vmas.next;
    while (link != &mm->vmas && vma_of(link)->end <= va) {
        link = link->next;
    }
    return link;
}

struct vma *mm_find_vma(const struct mm *mm, uintptr_t va) {
    struct list *link = first_above(mm, va);
    return link != &mm->vmas && vma_of(link)->start <= va ? vma_of(link) : NULL;
}

bool mm_is_free(const struct mm *mm, uintptr_t start, uintptr_t end) {
    struct list *link = first_above(mm, start);
    return link == &mm->vmas || vma_of(link)->start >= end;
}

bool mm_is_clear(const struct mm *mm, uintptr_t start, uintptr_t end) {
    struct list *link = first_above(mm, start);
    if (link == &mm->vmas) {
        return true;
    }
    uintptr_t guard = vma_of(link)->flags & VMA_STACK ? STACK_GUARD_BYTES : 0;
    return vma_of(link)->start >= end + guard;
}

// A neighbouring stack below keeps its own distance, and what nobody may touch is a guard itself.
static bool needs_guard(const struct vma *below) {
    return (below->flags & VMA_STACK) == 0 && (below->flags & VMA_PROT) != 0;
}

struct vma *mm_stack_above(const struct mm *mm, uintptr_t va) {
    struct list *link = first_above(mm, va);
    return link != &mm->vmas && (vma_of(link)->flags & VMA_STACK) ? vma_of(link) : NULL;
}

struct vma *mm_grow_stack(struct mm *mm, uintptr_t va) {
    uintptr_t page = va & ~(PAGE_SIZE - 1);
    struct vma *stack = mm_stack_above(mm, page);
    if (stack == NULL || stack->end - page > STACK_LIMIT_BYTES) {
        return NULL;
    }
    struct list *below = stack->link.prev;
    if (below != &mm->vmas && needs_guard(vma_of(below)) &&
        page - vma_of(below)->end < STACK_GUARD_BYTES) {
        return NULL;
    }
    stack->start = page;
    return stack;
}

uintptr_t mm_find_gap(const struct mm *mm, uintptr_t bytes) {
    uintptr_t ceiling = USER_TOP;
    for (struct list *link = mm->vmas.prev; link != &mm->vmas; link = link->prev) {
        const struct vma *vma = vma_of(link);
        bool above_stack = ceiling == USER_TOP; // nothing is put between the stack and the top
        if (!above_stack && ceiling >= vma->end && ceiling - vma->end >= bytes) {
            return ceiling - bytes;
        }
        uintptr_t floor =
            vma->flags & VMA_STACK ? vma->end - STACK_LIMIT_BYTES - STACK_GUARD_BYTES : vma->start;
        ceiling = floor < ceiling ? floor : ceiling;
    }
    return 0;
}

static bool can_merge(const struct vma *low, const struct vma *high) {
    bool anonymous = low->shared == NULL && low->inode == NULL;
    return low->end == high->start && low->flags == high->flags && low->shared == high->shared &&
           low->inode == high->inode &&
           low->offset + (anonymous ? 0 : low->end - low->start) == high->offset;
}

static struct vma *insert_new(struct list *below, uintptr_t start, uintptr_t end, unsigned flags) {
    struct vma *vma = kmalloc(sizeof *vma);
    if (vma != NULL) {
        vma->start = start;
        vma->end = end;
        vma->flags = flags;
        list_insert_after(below, &vma->link);
    }
    return vma;
}

struct vma *vma_insert(struct mm *mm, uintptr_t start, uintptr_t end, unsigned flags) {
    ASSERT(start < end && end <= USER_TOP && mm_is_free(mm, start, end));
    struct list *above = first_above(mm, start);
    struct list *below = above->prev;
    struct vma wanted = {.start = start, .end = end, .flags = flags};
    if (below != &mm->vmas && can_merge(vma_of(below), &wanted)) {
        vma_of(below)->end = end;
        vma_merge(mm, start, end);
        return vma_of(below);
    }
    if (above != &mm->vmas && can_merge(&wanted, vma_of(above))) {
        vma_of(above)->start = start;
        return vma_of(above);
    }
    return insert_new(below, start, end, flags);
}

// Makes `vma` show what `like` shows, from `offset` on.
static void show(struct vma *vma, const struct vma *like, uint64_t offset) {
    if (like->shared != NULL) {
        shared_get(like->shared);
        vma->shared = like->shared;
    }
    if (like->inode != NULL) {
        vma->inode = inode_get(like->inode);
    }
    vma->offset = offset;
}

struct vma *vma_insert_like(struct mm *mm, const struct vma *like) {
    ASSERT(like->start < like->end && like->end <= USER_TOP);
    ASSERT(mm_is_free(mm, like->start, like->end));
    struct list *below = first_above(mm, like->start)->prev;
    struct vma *vma = insert_new(below, like->start, like->end, like->flags);
    if (vma != NULL) {
        show(vma, like, like->offset);
    }
    return vma;
}

bool vma_split_at(struct mm *mm, uintptr_t at) {
    struct vma *low = mm_find_vma(mm, at);
    if (low == NULL || low->start == at) {
        return true;
    }
    struct vma *high = insert_new(&low->link, at, low->end, low->flags);
    if (high == NULL) {
        return false;
    }
    bool anonymous = low->shared == NULL && low->inode == NULL;
    show(high, low, anonymous ? 0 : low->offset + (at - low->start));
    low->end = at;
    return true;
}

void vma_remove(struct vma *vma) {
    list_remove(&vma->link);
    if (vma->shared != NULL) {
        shared_put(vma->shared);
    }
    inode_put(vma->inode);
    kfree(vma);
}

void vma_merge(struct mm *mm, uintptr_t start, uintptr_t end) {
    struct list *link = first_above(mm, start > 0 ? start - 1 : 0);
    while (link != &mm->vmas && link->next != &mm->vmas && vma_of(link)->start <= end) {
        struct vma *low = vma_of(link);
        struct vma *high = vma_of(link->next);
        if (can_merge(low, high)) {
            low->end = high->end;
            vma_remove(high);
        } else {
            link = link->next;
        }
    }
}
