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
    //: solution
    atomic_fetch_add(&frame->count, 1);
    //: skeleton
    //| (void)frame;
    //| lab_missing("frame_get", __FILE__);
    //: end
}

void frame_put(struct frame *frame) {
    //: solution
    // One operation: between a look at the count and a change of it, somebody else may change it.
    if (atomic_fetch_sub(&frame->count, 1) == 1) {
        frame_free(frame);
    }
    //: skeleton
    //| (void)frame;
    //| lab_missing("frame_put", __FILE__);
    //: end
}
