// SPDX-License-Identifier: MIT
// Memory that several address spaces share for good (MAP_SHARED): an object of its own, which
// outlives any one mapping. It is never copied, and so never copy-on-write.
//
// The object owns its frames: each has a count of one for the object, and one for each entry that
// maps it. The sparse array of its pages is a page table that no CPU ever uses; so whoever recounts
// owners reads it like any other.
#pragma once

#include "arch/pagetable.h"
#include "base/list.h"
#include "refcount.h"
#include "task/mutex.h"

struct shared {
    struct refcount owners; // the vmas that refer to it
    struct mutex lock;      // guards pt
    struct pagetable pt;    // page i of the object is at address i * PAGE_SIZE
    struct list link;       // in shared_objects
};

// What vma->shared is where a file is mapped with MAP_SHARED: it has no pages itself, vma->inode
// has them.
extern struct shared shared_files;

// All objects but that one, for the audit. Guarded by shared_lock.
extern struct list shared_objects;
extern struct spinlock shared_lock;

// A new object without pages. NULL when out of memory.
struct shared *shared_create(void);

void shared_get(struct shared *shared);
void shared_put(struct shared *shared);

// The frame at byte `offset` of the object (page-aligned), made if need be, with one claim for the
// caller. NULL when out of memory.
struct frame *shared_frame(struct shared *shared, uintptr_t offset);

// One entry more, or less, maps a frame of a shared object.
void shared_frame_get(struct frame *frame);
void shared_frame_put(struct frame *frame);
