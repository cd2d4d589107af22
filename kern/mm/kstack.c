// SPDX-License-Identifier: MIT
#include "mm/kstack.h"

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "kernel.h"
#include "lock.h"

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

// Maps the pages of the slot whose stack ends at `top`. Pages mapped before memory ran out stay:
// the slot is tried again next time, and kernel_map_page is not asked twice for the same page.
static bool map_slot(uintptr_t top) {
    static uintptr_t mapped_in_slot; // bytes, from the top downwards
    while (mapped_in_slot < KSTACK_BYTES) {
        struct frame *frame = frame_alloc(FRAME_KERNEL);
        if (frame == NULL) {
            return false;
        }
        if (!kernel_map_page(top - mapped_in_slot - PAGE_SIZE, frame)) {
            frame_free(frame);
            return false;
        }
        mapped_in_slot += PAGE_SIZE;
    }
    mapped_in_slot = 0;
    return true;
}

uintptr_t kstack_alloc(void) {
    spin_lock(&kstack_lock);
    uintptr_t top = first_free_top;
    if (top != 0) {
        first_free_top = link_of(top)->next_top;
    } else {
        uintptr_t new_top = KSTACK_AREA + (slots_made + 1) * SLOT_BYTES;
        if (map_slot(new_top)) {
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
