// SPDX-License-Identifier: MIT
// Stands in for kern/mm/frame.h: a frame has its memory with it, so that a sanitizer sees where
// that ends.
#pragma once

#include <arch/layout.h>
#include <stdlib.h>

#include "base/list.h"

enum frame_kind { FRAME_KERNEL };

struct frame {
    struct list link;
    char memory[PAGE_SIZE];
};

// Headers use them; nobody calls them.
struct frame *frame_at(uint64_t physical);
uint64_t frame_address(const struct frame *frame);

static inline struct frame *frame_alloc(enum frame_kind kind) {
    (void)kind;
    return malloc(sizeof(struct frame)); // what is in it is anybody's guess
}

static inline void frame_free(struct frame *frame) {
    free(frame);
}

static inline void *frame_memory(struct frame *frame) {
    return frame->memory;
}
