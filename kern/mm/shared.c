// SPDX-License-Identifier: MIT
#include "mm/shared.h"

#include "abi/mman.h"
#include "arch/machine.h"
#include "mm/heap.h"
#include "witness/race.h"

struct shared shared_files = {.owners = {1}};
struct list shared_objects = LIST_INIT(shared_objects);
struct spinlock shared_lock = SPINLOCK_INIT("shared objects");

struct shared *shared_create(void) {
    struct shared *shared = kmalloc(sizeof *shared);
    if (shared == NULL) {
        return NULL;
    }
    if (!pagetable_create(&shared->pt)) {
        kfree(shared);
        return NULL;
    }
    refcount_init(&shared->owners);
    mutex_init(&shared->lock, "shared object");
    spin_lock(&shared_lock);
    list_push_back(&shared_objects, &shared->link);
    spin_unlock(&shared_lock);
    return shared;
}

void shared_get(struct shared *shared) {
    refcount_get(&shared->owners);
}

void shared_put(struct shared *shared) {
    if (!refcount_put(&shared->owners)) {
        return;
    }
    spin_lock(&shared_lock);
    list_remove(&shared->link);
    spin_unlock(&shared_lock);
    for_each_pte(it, &shared->pt, 0, USER_TOP) {
        if (pte_present(*it.entry)) {
            struct frame *frame = pte_frame(*it.entry);
            pte_store(&shared->pt, it.va, it.entry, pte_empty());
            shared_frame_put(frame);
        }
    }
    pagetable_destroy(&shared->pt);
    kfree(shared);
}

struct frame *shared_frame(struct shared *shared, uintptr_t offset) {
    struct frame *frame = NULL;
    mutex_lock(&shared->lock);
    pte_t *entry = pte_find_or_create(&shared->pt, offset);
    if (entry != NULL && pte_present(*entry)) {
        frame = pte_frame(*entry);
    } else if (entry != NULL) {
        frame = frame_alloc(FRAME_USER);
        if (frame != NULL) {
            frame_clear(frame);
            pte_store(&shared->pt, offset, entry, pte_make(frame, PROT_NONE));
        }
    }
    if (frame != NULL) {
        shared_frame_get(frame);
    }
    mutex_unlock(&shared->lock);
    return frame;
}

void shared_frame_get(struct frame *frame) {
    race_point();
    atomic_fetch_add(&frame->count, 1);
}

void shared_frame_put(struct frame *frame) {
    race_point();
    if (atomic_fetch_sub(&frame->count, 1) == 1) {
        frame_free(frame);
    }
}
