// SPDX-License-Identifier: MIT
// The kernel half of every address space. Made once, at boot; no page in it is both writable and
// executable, and code and constants are writable through the direct map neither.
#include <arch/layout.h>
#include <arch/pte.h>

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "arch/x86_64/pagetable_internal.h"
#include "arch/x86_64/x86.h"
#include "base/string.h"
#include "kernel.h"

#define KERNEL_RX PTE_P
#define KERNEL_RO (PTE_P | PTE_NX)
#define KERNEL_RW (PTE_P | PTE_W | PTE_NX)

enum { TABLE_ENTRIES = 512 };

extern char kernel_text_start[], kernel_text_end[], kernel_rodata_start[];
extern char kernel_data_start[], kernel_image_end[];

struct pagetable kernel_pt;

static uint64_t image_address(const char *symbol) {
    return (uint64_t)symbol - KERNEL_BASE;
}

// Where tables come from: before the frame allocator runs, from the early one.
static bool early = true;

static pte_t *new_table(void) {
    if (early) {
        return memset(frame_alloc_early(PAGE_SIZE), 0, PAGE_SIZE);
    }
    struct frame *frame = frame_alloc(FRAME_KERNEL);
    if (frame == NULL) {
        return NULL;
    }
    frame_clear(frame);
    return frame_memory(frame);
}

// The table for `va` that is `levels` below the top, made if need be; NULL without memory.
static pte_t *kernel_table(uintptr_t va, unsigned levels) {
    pte_t *table = phys_to_virt(kernel_pt.root);
    for (unsigned shift = 39; levels > 0; levels--, shift -= 9) {
        pte_t *entry = &table[va >> shift & (TABLE_ENTRIES - 1)];
        if (entry->bits == 0) {
            pte_t *fresh = new_table();
            if (fresh == NULL) {
                return NULL;
            }
            entry->bits = virt_to_phys(fresh) | PTE_P | PTE_W;
        }
        table = phys_to_virt(entry->bits & PTE_ADDRESS);
    }
    return table;
}

// Maps [physical, end) at va in the largest pages that fit. For set-up: memory must suffice.
static void map_range(uintptr_t va, uint64_t physical, uint64_t end, uint64_t bits) {
    while (physical < end) {
        bool large = (va | physical) % LARGE_PAGE_SIZE == 0 && end - physical >= LARGE_PAGE_SIZE;
        if (large) {
            kernel_table(va, 2)[va >> 21 & (TABLE_ENTRIES - 1)].bits = physical | bits | PTE_PS;
        } else {
            kernel_table(va, 3)[va >> PAGE_SHIFT & (TABLE_ENTRIES - 1)].bits = physical | bits;
        }
        uint64_t step = large ? LARGE_PAGE_SIZE : PAGE_SIZE;
        va += step;
        physical += step;
    }
}

static void map_direct(uint64_t start, uint64_t end, uint64_t bits) {
    map_range(DIRECT_MAP + start, start, end, bits);
}

void kernel_map_setup(void) {
    kernel_pt.root = virt_to_phys(new_table());

    uint64_t text = image_address(kernel_text_start);
    uint64_t rodata = image_address(kernel_rodata_start);
    uint64_t data = image_address(kernel_data_start);
    map_range(KERNEL_BASE + text, text, rodata, KERNEL_RX);
    map_range(KERNEL_BASE + rodata, rodata, data, KERNEL_RO);
    map_range(KERNEL_BASE + data, data, image_address(kernel_image_end), KERNEL_RW);

    map_direct(0, text, KERNEL_RW);
    map_direct(text, data, KERNEL_RO);
    map_direct(data, memory_bytes, KERNEL_RW);

    // Top-level entries must be there before the first address space copies them.
    kernel_table(KSTACK_AREA, 1);
    kernel_table(DEVICE_AREA, 1);
    early = false;
    pagetable_activate(&kernel_pt);
}

void *kernel_map_device(uint64_t physical) {
    uintptr_t va = DEVICE_AREA + physical;
    pte_t *table = kernel_table(va, 3);
    if (table == NULL) {
        setup_failed("no memory to map a device");
    }
    table[va >> PAGE_SHIFT & (TABLE_ENTRIES - 1)].bits = physical | KERNEL_RW | PTE_PCD;
    return (void *)va;
}

bool kernel_map_pages(uintptr_t va, struct frame *const *page_frames, unsigned count) {
    pte_t *table = kernel_table(va, 3);
    if (table == NULL) {
        return false;
    }
    unsigned first = va >> PAGE_SHIFT & (TABLE_ENTRIES - 1);
    ASSERT(first + count <= TABLE_ENTRIES);
    for (unsigned i = 0; i < count; i++) {
        ASSERT(pte_none(table[first + i]));
        table[first + i].bits = frame_address(page_frames[i]) | KERNEL_RW;
    }
    return true;
}
