// SPDX-License-Identifier: MIT
// Physical memory, one frame (4 KiB) at a time.
//
// Every frame below the end of memory has a struct frame, which says what the frame is used for
// and, for frames in user memory, how many page-table entries and other owners refer to it.
#pragma once

#include <arch/layout.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

enum frame_kind {
    FRAME_FREE,
    FRAME_RESERVED,  // firmware, the kernel's image, what was taken before the allocator ran
    FRAME_KERNEL,    // kernel heap, kernel stacks, the kernel's own page tables
    FRAME_PAGETABLE, // page tables of user address spaces
    FRAME_USER,      // user memory
    FRAME_FILE,      // pages of files: the inode owns them, and user memory may show them
    FRAME_KINDS,
};

struct frame {
    union {
        struct list link;   // KERNEL: may be used by the owner
        struct frame *next; // FREE: in the list of free ones. PAGETABLE: in that of its page table
    };
    atomic_int count;   // USER, FILE: how many own it. Otherwise 1 while in use, 0 when free
    uint8_t kind;       // enum frame_kind
    uint8_t heap_class; // KERNEL, used by the heap
    uint8_t poisoned;   // FREE: filled with FRAME_POISON when it was freed
    uint8_t unused;
    union {
        void *heap_free;  // KERNEL, used by the heap: its free objects
        uint64_t recount; // USER, FILE, used by the audit
    };
};
_Static_assert(sizeof(struct frame) == 32, "a shift turns an index into an address");

// What a checking build fills freed memory with: as a pointer it is not canonical, as a number
// it is easily recognised.
#define FRAME_POISON 0xdfdfdfdfdfdfdfdfUL

extern struct frame *frames;  // the array, indexed by address / PAGE_SIZE
extern uint64_t memory_bytes; // frames cover physical addresses below this

static inline void *phys_to_virt(uint64_t physical) {
    return (void *)(DIRECT_MAP + physical);
}

// For addresses in the direct map or in the kernel's image.
static inline uint64_t virt_to_phys(const void *address) {
    uintptr_t va = (uintptr_t)address;
    return va >= KERNEL_BASE ? va - KERNEL_BASE : va - DIRECT_MAP;
}

static inline struct frame *frame_at(uint64_t physical) {
    return &frames[physical >> PAGE_SHIFT];
}

static inline uint64_t frame_number(const struct frame *frame) {
    return (uint64_t)(frame - frames);
}

static inline uint64_t frame_address(const struct frame *frame) {
    return frame_number(frame) << PAGE_SHIFT;
}

// The frame's 4096 bytes, as the kernel sees them.
static inline void *frame_memory(const struct frame *frame) {
    return phys_to_virt(frame_address(frame));
}

// Before frame_setup: memory for ever, page-aligned, not cleared. Ends the machine if there is
// none.
void frame_setup_early(void);
void *frame_alloc_early(size_t bytes);

// Makes every frame that nobody has yet free.
void frame_setup(void);

// So many frames are kept for those who must go on when all others are used up: pid 1, and whoever
// has no user memory, which is the kernel itself and a task that is ending.
enum { FRAME_RESERVE = 64 };

// Takes a free frame for `kind`. Its count is 1, its contents are undefined. Returns NULL when
// there is none left for the current task.
struct frame *frame_alloc(enum frame_kind kind);

// Gives a frame back, whatever its count. The caller was its last owner.
void frame_free(struct frame *frame);

// For messages: "free", "user".
const char *frame_kind_name(enum frame_kind kind);

// How many frames there are of a kind right now.
uint64_t frame_total_of(enum frame_kind kind);

// How many are in the lists from which they are taken: for the audit, which must find FRAME_FREE's
// total.
uint64_t frames_in_lists(void);
