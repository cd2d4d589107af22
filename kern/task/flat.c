// SPDX-License-Identifier: MIT
#include "task/flat.h"

#include "base/string.h"
#include "errno.h"
#include "fs/fs.h"
#include "kernel.h"
#include "mm/frame.h"

static uintptr_t page_up(uintptr_t address) {
    return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

static bool header_ok(const struct flat_header *h, size_t file_bytes) {
    bool aligned = (h->base | h->rodata_start | h->data_start) % PAGE_SIZE == 0;
    bool ordered = h->base >= PAGE_SIZE && h->base <= h->rodata_start &&
                   h->rodata_start <= h->data_start && h->data_start <= h->data_end &&
                   h->data_end <= h->bss_end && h->bss_end <= USER_TOP / 2;
    return memcmp(h->magic, FLAT_MAGIC, sizeof h->magic) == 0 && aligned && ordered &&
           h->entry >= h->base && h->entry < h->rodata_start && h->data_end - h->base <= file_bytes;
}

// Maps [start, end) and fills it with `bytes` of the file from `offset` on; what is behind comes by
// demand.
static int load_segment(struct mm *mm, uintptr_t start, uintptr_t end, unsigned prot,
                        struct inode *file, uint64_t offset, size_t from_bytes) {
    if (start == end) {
        return 0;
    }
    int error = mm_map(mm, start, page_up(end), prot);
    for (size_t done = 0; error == 0 && done < from_bytes; done += PAGE_SIZE) {
        pte_t *entry = pte_find_or_create(&mm->pt, start + done);
        struct frame *frame = entry == NULL ? NULL : frame_alloc(FRAME_USER);
        if (frame == NULL) {
            return -ENOMEM;
        }
        size_t bytes = from_bytes - done < PAGE_SIZE ? from_bytes - done : PAGE_SIZE;
        char *memory = frame_memory(frame);
        memset(memory + bytes, 0, PAGE_SIZE - bytes);
        pte_store(&mm->pt, start + done, entry, pte_make(frame, prot));
        if (inode_read_kernel(file, memory, bytes, offset + done) != (int64_t)bytes) {
            return -ENOMEM;
        }
    }
    return error;
}

// The stack's topmost words: argc, argv's end, envp's end, and the auxiliary vector's end, which
// takes two. All are zero, and so is a fresh page: nothing has to be written.
static int map_stack(struct mm *mm, struct flat_start *start) {
    enum { WORDS = 6 }; // one more than needed: sp must be a multiple of 16
    start->sp = USER_TOP - WORDS * sizeof(uint64_t);
    return mm_map(mm, USER_TOP - STACK_FIRST_BYTES, USER_TOP, VMA_READ | VMA_WRITE | VMA_STACK);
}

static int load(struct mm *mm, struct inode *file, struct flat_start *start) {
    struct flat_header h;
    int64_t got = inode_read_kernel(file, &h, sizeof h, 0);
    if (got < 0) {
        return (int)got;
    }
    if (got < (int64_t)sizeof h || !header_ok(&h, file->size)) {
        return -ENOEXEC;
    }
    int error = load_segment(mm, h.base, h.rodata_start, VMA_READ | VMA_EXEC, file, 0,
                             h.rodata_start - h.base);
    if (error == 0) {
        error = load_segment(mm, h.rodata_start, h.data_start, VMA_READ, file,
                             h.rodata_start - h.base, h.data_start - h.rodata_start);
    }
    if (error == 0) {
        error = load_segment(mm, h.data_start, h.bss_end, VMA_READ | VMA_WRITE, file,
                             h.data_start - h.base, h.data_end - h.data_start);
    }
    if (error == 0) {
        error = map_stack(mm, start);
    }
    mm->brk_start = page_up(h.bss_end);
    mm->brk = mm->brk_start;
    start->pc = h.entry;
    return error;
}

int flat_load(struct mm *mm, const char *path, struct flat_start *start) {
    struct inode *file;
    int error = fs_find(path, &file);
    if (error < 0) {
        return error;
    }
    error = inode_type(file) == S_IFREG ? load(mm, file, start) : -EACCES;
    inode_put(file);
    return error;
}

const char *flat_error(int error) {
    switch (error) {
    case -ENOENT:
    case -ENOTDIR:
        return "there is no such file in the initial file system";
    case -EACCES:
        return "it is not a regular file";
    case -ENOEXEC:
        return "it is not a flat image";
    default:
        return "too little memory";
    }
}
