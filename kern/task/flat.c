// SPDX-License-Identifier: MIT
#include "task/flat.h"

#include "base/format.h"
#include "base/string.h"
#include "errno.h"
#include "fs/fs.h"
#include "kernel.h"
#include "mm/frame.h"

enum { STACK_WORDS = 6 }; // without arguments; one more than needed: sp must be a multiple of 16

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
    start->sp = USER_TOP - STACK_WORDS * sizeof(uint64_t);
    return mm_map(mm, USER_TOP - STACK_FIRST_BYTES, USER_TOP, VMA_READ | VMA_WRITE | VMA_STACK);
}

// Cuts the text into words and stores the address that each will have; `page` is where that of the
// text is.
static uint64_t store_words(char *text, char *page, uintptr_t address, uint64_t *argv) {
    uint64_t count = 0;
    bool inside = false;
    for (char *at = text; *at != '\0'; at++) {
        if (*at == ' ') {
            *at = '\0';
            inside = false;
        } else if (!inside) {
            argv[count++] = address + (uintptr_t)(at - page);
            inside = true;
        }
    }
    return count;
}

// Into the stack's topmost page: the upper half has the words, the lower one argc and the pointers
// to them.
static int put_arguments(struct mm *mm, const char *path, const char *arguments,
                         struct flat_start *start) {
    uintptr_t address = USER_TOP - PAGE_SIZE;
    pte_t *entry = pte_find_or_create(&mm->pt, address);
    struct frame *frame = entry == NULL ? NULL : frame_alloc(FRAME_USER);
    if (frame == NULL) {
        return -ENOMEM;
    }
    char *page = frame_memory(frame);
    memset(page, 0, PAGE_SIZE);
    pte_store(&mm->pt, address, entry, pte_make(frame, VMA_READ | VMA_WRITE));
    int length = snprintf(page + PAGE_SIZE / 2, PAGE_SIZE / 2, "%s %s", path, arguments);
    if (length / 2 > (int)(PAGE_SIZE / 2 / sizeof(uint64_t)) - STACK_WORDS) {
        return -E2BIG;
    }
    uint64_t *words = (uint64_t *)page;
    words[0] = store_words(page + PAGE_SIZE / 2, page, address, words + 1);
    start->sp = address;
    return 0;
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

int flat_load(struct mm *mm, const char *path, const char *arguments, struct flat_start *start) {
    struct inode *file;
    int error = fs_find(path, &file);
    if (error < 0) {
        return error;
    }
    error = inode_type(file) == S_IFREG ? load(mm, file, start) : -EACCES;
    if (error == 0 && arguments != NULL) {
        error = put_arguments(mm, path, arguments, start);
    }
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
    case -E2BIG:
        return "its arguments are too long";
    default:
        return "too little memory";
    }
}
