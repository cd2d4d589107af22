// SPDX-License-Identifier: MIT
#include "mm/kstack.h"

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "kernel.h"
#include "lock.h"

enum { STACK_PAGES = KSTACK_BYTES / PAGE_SIZE };
#define SLOT_BYTES (2 * KSTACK_BYTES) // the guard, then the stack

// A free stack holds the link to the next one in its topmost word.
struct free_stack {
    uintptr_t next_top;
};

// Guards the two variables below it. frame_lock may be taken inside.
static struct spinlock kstack_lock = SPINLOCK_INIT("kstack");
static uintptr_t first_free_top;
static uintptr_t slots_made;

static struct free_stack *link_of(uintptr_t top) {
    return (struct free_stack *)(top - sizeof(struct free_stack));
}

// Maps the pages of a stack that ends at `top` for the first time. Returns false when out of
// memory.
static bool map_stack(uintptr_t top) {
    struct frame *pages[STACK_PAGES];
    unsigned got = 0;
    while (got < STACK_PAGES && (pages[got] = frame_alloc(FRAME_KERNEL)) != NULL) {
        got++;
    }
    if (got == STACK_PAGES && kernel_map_pages(top - KSTACK_BYTES, pages, STACK_PAGES)) {
        return true;
    }
    while (got > 0) {
        frame_free(pages[--got]);
    }
    return false;
}

uintptr_t kstack_alloc(void) {
    spin_lock(&kstack_lock);
    uintptr_t top = first_free_top;
    if (top != 0) {
        first_free_top = link_of(top)->next_top;
    } else {
        uintptr_t new_top = KSTACK_AREA + (slots_made + 1) * SLOT_BYTES;
        if (map_stack(new_top)) {
            slots_made++;
            top = new_top;
        }
    }
    spin_unlock(&kstack_lock);
    return top;
}

void kstack_free(uintptr_t top) {
    spin_lock(&kstack_lock);
    link_of(top)->next_top = first_free_top;
    first_free_top = top;
    spin_unlock(&kstack_lock);
}

static bool in_area(uintptr_t address) {
    return address >= KSTACK_AREA && address < KSTACK_AREA + slots_made * SLOT_BYTES;
}

bool kstack_contains(uintptr_t address) {
    return in_area(address) && (address - KSTACK_AREA) % SLOT_BYTES >= KSTACK_BYTES;
}

bool kstack_is_guard(uintptr_t address) {
    return in_area(address) && (address - KSTACK_AREA) % SLOT_BYTES < KSTACK_BYTES;
}
