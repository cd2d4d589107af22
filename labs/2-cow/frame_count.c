// SPDX-License-Identifier: MIT
// Lab 2a: how many claims there are to a frame.
//
// Handout: handouts/2-cow.md#frame-count. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     frame->count          an atomic_int; frame_alloc has set it to 1     mm/frame.h
//     frame_free(frame)     gives the frame back                           mm/frame.h
#include "kernel.h"
#include "labs.h"
#include "mm/frame.h"

void frame_get(struct frame *frame) {
    (void)frame;
    lab_missing("frame_get", __FILE__);
}

void frame_put(struct frame *frame) {
    (void)frame;
    lab_missing("frame_put", __FILE__);
}
