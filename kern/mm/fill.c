// SPDX-License-Identifier: MIT
#include "mm/fill.h"

#include "arch/machine.h"
#include "base/string.h"
#include "errno.h"
#include "fs/inode.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/mm.h"

// The page of a file, for as long as the address space is locked.
static int file_page(struct inode *inode, uint64_t offset, struct frame **frame) {
    int error = inode_map_page(inode, offset, frame);
    return error == -ENXIO || error == -ENOSPC ? -EIO : error;
}

// What `frame`, for the page at `page` in `vma`, has before anybody writes to it.
static int fill_frame(struct frame *frame, const struct vma *vma, uintptr_t page) {
    if (vma->inode == NULL) {
        frame_clear(frame);
        return 0;
    }
    struct frame *original;
    int error = file_page(vma->inode, vma->offset + (page - vma->start), &original);
    if (error == 0) {
        frame_copy(frame, original);
    }
    return error;
}

// The memory of the page at `page`, which it gets if it has none.
static int own_page(struct mm *mm, uintptr_t page, char **memory) {
    pte_t *entry = pte_find_or_create(&mm->pt, page);
    if (entry == NULL) {
        return -ENOMEM;
    }
    if (pte_present(*entry)) {
        ASSERT(pte_frame(*entry)->kind == FRAME_USER); // who uses it would have mapped others
        *memory = frame_memory(pte_frame(*entry));
        return 0;
    }
    const struct vma *vma = mm_find_vma(mm, page);
    ASSERT(vma != NULL && vma->shared == NULL);
    struct frame *frame = frame_alloc(FRAME_USER);
    if (frame == NULL) {
        return -ENOMEM;
    }
    int error = fill_frame(frame, vma, page);
    if (error < 0) {
        frame_free(frame);
        return error;
    }
    pte_store(&mm->pt, page, entry, pte_make(frame, vma->flags & VMA_PROT));
    *memory = frame_memory(frame);
    return 0;
}

static size_t in_page(uint64_t offset, size_t bytes) {
    size_t here = PAGE_SIZE - offset % PAGE_SIZE;
    return here < bytes ? here : bytes;
}

// Stores what is at `from`, or zeros if that is NULL.
static int write_bytes(struct mm *mm, uintptr_t va, const char *from, size_t bytes) {
    ASSERT(mutex_held(&mm->lock));
    while (bytes > 0) {
        size_t part = in_page(va, bytes);
        char *memory;
        int error = own_page(mm, va - va % PAGE_SIZE, &memory);
        if (error < 0) {
            return error;
        }
        if (from == NULL) {
            memset(memory + va % PAGE_SIZE, 0, part);
        } else {
            memcpy(memory + va % PAGE_SIZE, from, part);
            from += part;
        }
        va += part;
        bytes -= part;
    }
    return 0;
}

int mm_write(struct mm *mm, uintptr_t va, const void *from, size_t bytes) {
    return write_bytes(mm, va, from, bytes);
}

int mm_write_zeros(struct mm *mm, uintptr_t va, size_t bytes) {
    return write_bytes(mm, va, NULL, bytes);
}

int mm_write_file(struct mm *mm, uintptr_t va, struct inode *inode, uint64_t offset, size_t bytes) {
    while (bytes > 0) {
        size_t part = in_page(offset, bytes);
        struct frame *frame;
        int error = file_page(inode, offset - offset % PAGE_SIZE, &frame);
        if (error == 0) {
            const char *memory = frame_memory(frame);
            error = write_bytes(mm, va, memory + offset % PAGE_SIZE, part);
        }
        if (error < 0) {
            return error;
        }
        va += part;
        offset += part;
        bytes -= part;
    }
    return 0;
}

int mm_map_stack(struct mm *mm, size_t bytes) {
    if (bytes > STACK_LIMIT_BYTES) {
        return -E2BIG;
    }
    if (bytes < STACK_FIRST_BYTES) {
        bytes = STACK_FIRST_BYTES;
    }
    uintptr_t start = (USER_TOP - bytes) & ~(PAGE_SIZE - 1);
    if (!mm_is_free(mm, start, USER_TOP)) {
        return -ENOMEM;
    }
    return mm_map(mm, start, USER_TOP, VMA_READ | VMA_WRITE | VMA_STACK);
}
