// SPDX-License-Identifier: MIT
// Each frame of the heap holds objects of one size, a power of two. What the frame's struct frame
// says is all there is to know about it: the size class, the free objects, how many are in use.
// A frame whose last object is freed goes back at once, so that what is not used is not held.
#include "mm/heap.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/string.h"
#include "kernel.h"
#include "lock.h"
#include "mm/frame.h"
#include "witness/inject.h"
#include "witness/trace.h"

enum { SMALLEST_SHIFT = 5, LARGEST_SHIFT = PAGE_SHIFT, CLASSES = LARGEST_SHIFT + 1 };

// A free object; in a checking build the rest of it is poisoned.
struct free_object {
    struct free_object *next;
};

// Guards the lists, and the heap's fields of the frames in them. frame_lock may be taken inside.
static struct spinlock heap_lock = SPINLOCK_INIT("heap");
static struct list frames_with_room[CLASSES]; // by class; full frames are in no list

static unsigned class_for(size_t bytes) {
    unsigned shift = SMALLEST_SHIFT;
    while ((1UL << shift) < bytes) {
        shift++;
    }
    return shift;
}

static struct list *list_of(unsigned class) {
    struct list *head = &frames_with_room[class];
    if (head->next == NULL) {
        list_init(head);
    }
    return head;
}

// In use are count - 1 objects: the frame itself accounts for one.
static struct frame *new_frame(unsigned class) {
    struct frame *frame = frame_alloc(FRAME_KERNEL);
    if (frame == NULL) {
        return NULL;
    }
    frame->heap_class = (uint8_t) class;
    frame->heap_free = NULL;
    char *memory = frame_memory(frame);
    for (size_t end = PAGE_SIZE; end > 0; end -= 1UL << class) {
        struct free_object *object = (struct free_object *)(memory + end - (1UL << class));
        if (CHECKS) {
            memset(object, FRAME_POISON & 0xff, 1UL << class);
        }
        object->next = frame->heap_free;
        frame->heap_free = object;
    }
    list_push_back(list_of(class), &frame->link);
    return frame;
}

UNCHECKED static bool is_poisoned(const struct free_object *object, unsigned class) {
    const uint64_t *words = (const uint64_t *)object;
    for (size_t i = 1; i < (1UL << class) / sizeof *words; i++) {
        if (words[i] != FRAME_POISON) {
            return false;
        }
    }
    return true;
}

static bool is_free(const struct frame *frame, const struct free_object *object) {
    const struct free_object *other = frame->heap_free;
    while (other != NULL && other != object) {
        other = other->next;
    }
    return other == object;
}

// `object` was free until now, and the next one in its frame still is.
static void check_untouched(const struct free_object *object, unsigned class) {
    uintptr_t next = (uintptr_t)object->next;
    if (!is_poisoned(object, class) || next % (1UL << class) != 0 ||
        (next != 0 && next / PAGE_SIZE != (uintptr_t)object / PAGE_SIZE)) {
        panic("kernel memory at %p was written to after it was freed", (const void *)object);
    }
}

void *kmalloc(size_t bytes) {
    if (bytes == 0 || bytes > PAGE_SIZE || inject_failure(INJECT_HEAP)) {
        return NULL;
    }
    unsigned class = class_for(bytes);
    spin_lock(&heap_lock);
    struct list *head = list_of(class);
    struct frame *frame =
        list_empty(head) ? new_frame(class) : list_entry(head->next, struct frame, link);
    struct free_object *object = NULL;
    if (frame != NULL) {
        object = frame->heap_free;
        if (CHECKS) {
            check_untouched(object, class);
        }
        frame->heap_free = object->next;
        frame->count++;
        if (frame->heap_free == NULL) {
            list_remove(&frame->link);
        }
    }
    spin_unlock(&heap_lock);
    if (object == NULL) {
        return NULL;
    }
    trace(TRACE_HEAP_ALLOC, (uintptr_t)object, bytes, 0, 0, 0);
    return memset(object, 0, bytes);
}

void kfree(void *memory) {
    if (memory == NULL) {
        return;
    }
    struct frame *frame = frame_at(virt_to_phys(memory));
    struct free_object *object = memory;
    trace(TRACE_HEAP_FREE, (uintptr_t)object, 0, 0, 0, 0);
    spin_lock(&heap_lock);
    unsigned class = frame->heap_class;
    ASSERT(frame->kind == FRAME_KERNEL && frame->count > 1);
    ASSERT((uintptr_t)memory % (1UL << class) == 0);
    if (CHECKS) {
        if (is_poisoned(object, class) && is_free(frame, object)) {
            panic("kernel memory at %p is freed twice", memory);
        }
        memset(object, FRAME_POISON & 0xff, 1UL << class);
    }
    bool was_full = frame->heap_free == NULL;
    object->next = frame->heap_free;
    frame->heap_free = object;
    frame->count--;
    if (was_full) {
        list_push_back(list_of(class), &frame->link);
    }
    if (frame->count == 1) {
        list_remove(&frame->link);
        frame_free(frame);
    }
    spin_unlock(&heap_lock);
}
