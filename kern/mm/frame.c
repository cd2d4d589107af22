// SPDX-License-Identifier: MIT
#include "mm/frame.h"

#include <arch/cpu.h>

#include "arch/machine.h"
#include "base/string.h"
#include "kernel.h"
#include "labs.h"
#include "lock.h"
#include "task/task.h"
#include "witness/inject.h"
#include "witness/stale.h"
#include "witness/trace.h"

// Below this the firmware and the loader keep their things.
#define LOW_MEMORY 0x100000UL

extern char kernel_image_end[];

struct frame *frames;
uint64_t memory_bytes;

// Each CPU takes frames from a list of its own and gives them back there, so that CPUs do not wait
// for each other; only when it is empty or too long does it turn to the common list.
enum { CACHE_LIMIT = 32, CACHE_BATCH = 16 };

static struct cache {
    struct spinlock lock; // frame_lock may be taken inside
    struct frame *first;
    unsigned count;
    int64_t totals[FRAME_KINDS]; // by how much the CPU has changed the totals
} caches[MAX_CPUS + 1];

// The last one is the reserve. What is freed goes there first until it is full again.
static struct cache *const reserve = &caches[MAX_CPUS];

// Guards the common list. Nothing is locked inside it.
static struct spinlock frame_lock = SPINLOCK_INIT("frames");
static struct frame *free_frames;

static uint64_t early_next; // next free physical address for frame_alloc_early
static uint64_t early_end;

static uint64_t page_up(uint64_t address) {
    return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

void frame_setup_early(void) {
    early_next = page_up(virt_to_phys(kernel_image_end));
    for (unsigned i = 0; i < boot_info.ram_ranges; i++) {
        const struct memory_range *ram = &boot_info.ram[i];
        memory_bytes = ram->end;
        if (ram->start <= LOW_MEMORY && early_next < ram->end) {
            early_end = ram->end;
        }
    }
    if (early_end == 0) {
        setup_failed("too little memory: the kernel itself does not fit; give QEMU more with -m");
    }
}

void *frame_alloc_early(size_t bytes) {
    ASSERT(frames == NULL || frame_total_of(FRAME_FREE) == 0);
    bytes = page_up(bytes);
    const struct memory_range *initrd = &boot_info.initrd;
    if (early_next < initrd->end && early_next + bytes > initrd->start) {
        early_next = page_up(initrd->end);
    }
    if (early_next + bytes > early_end) {
        setup_failed("too little memory: %lu KiB more are needed to start; give QEMU more with -m",
                     bytes / 1024);
    }
    void *memory = phys_to_virt(early_next);
    early_next += bytes;
    return memory;
}

static bool taken_early(uint64_t address) {
    const struct memory_range *initrd = &boot_info.initrd;
    return address < early_next ||
           (address >= (initrd->start & ~(PAGE_SIZE - 1)) && address < initrd->end);
}

// Moves up to `count` frames from the front of one list to that of another. Returns how many.
static unsigned move(struct frame **to, struct frame **from, unsigned count) {
    struct frame *first = *from;
    struct frame **end = from;
    unsigned moved = 0;
    for (; moved < count && *end != NULL; moved++) {
        end = &(*end)->next;
    }
    *from = *end;
    *end = *to;
    *to = moved > 0 ? first : *to;
    return moved;
}

void frame_setup(void) {
    uint64_t total = memory_bytes >> PAGE_SHIFT;
    frames = frame_alloc_early(total * sizeof *frames);
    memset(frames, 0, total * sizeof *frames);
    for (uint64_t i = 0; i < total; i++) {
        frames[i].kind = FRAME_RESERVED;
        frames[i].count = 1;
    }
    for (unsigned i = 0; i <= MAX_CPUS; i++) {
        caches[i].lock = (struct spinlock)SPINLOCK_INIT("frame cache");
    }
    int64_t *totals = caches[0].totals;
    totals[FRAME_RESERVED] = (int64_t)total;

    struct frame **end = &free_frames;
    for (unsigned i = 0; i < boot_info.ram_ranges; i++) {
        const struct memory_range *ram = &boot_info.ram[i];
        for (uint64_t address = ram->start; address < ram->end; address += PAGE_SIZE) {
            if (!taken_early(address)) {
                struct frame *frame = frame_at(address);
                frame->kind = FRAME_FREE;
                frame->count = 0;
                *end = frame;
                end = &frame->next;
                totals[FRAME_FREE]++;
                totals[FRAME_RESERVED]--;
            }
        }
    }
    reserve->count = move(&reserve->first, &free_frames, FRAME_RESERVE);
}

// A freed frame that has changed was written to by somebody who had given it back.
UNCHECKED static void check_poison(const struct frame *frame) {
    const uint64_t *words = frame_memory(frame);
    for (size_t i = 0; i < PAGE_SIZE / sizeof *words; i++) {
        if (words[i] != FRAME_POISON) {
            panic("frame 0x%lx was written to after it was freed: at offset 0x%lx is 0x%lx",
                  frame_number(frame), i * sizeof *words, words[i]);
        }
    }
}

static enum inject_class inject_class_of(enum frame_kind kind) {
    return kind == FRAME_USER        ? INJECT_USER
           : kind == FRAME_PAGETABLE ? INJECT_PAGETABLE
                                     : INJECT_KERNEL;
}

static struct cache *own_cache(void) {
    return &caches[this_cpu()->id];
}

// Fills up an empty cache, which is locked. Returns whether there is anything in it now.
static bool refill(struct cache *cache) {
    spin_lock(&frame_lock);
    cache->count = move(&cache->first, &free_frames, CACHE_BATCH);
    spin_unlock(&frame_lock);
    return cache->count > 0;
}

// Takes a frame from `cache`, which is filled up if need be. NULL: there is none, here and in
// common. Not inline: the compiler would work out the cache's address again for each use.
static __attribute__((noinline)) struct frame *take(struct cache *cache, enum frame_kind kind) {
    struct frame *frame = NULL;
    spin_lock(&cache->lock);
    if (cache->count > 0 || refill(cache)) {
        frame = cache->first;
        cache->first = frame->next;
        cache->count--;
        frame->kind = (uint8_t)kind;
        frame->count = 1;
        cache->totals[FRAME_FREE]--;
        cache->totals[kind]++;
    }
    spin_unlock(&cache->lock);
    return frame;
}

static bool may_use_reserve(void) {
    const struct task *task = current;
    return task == NULL || task->mm == NULL || task == init_task;
}

// One of the last frames: out of another CPU's cache, or the reserve.
static __attribute__((noinline)) struct frame *take_last(enum frame_kind kind) {
    struct frame *frame = NULL;
    for (unsigned i = 0; i < cpu_count && frame == NULL; i++) {
        frame = take(&caches[i], kind);
    }
    return frame == NULL && may_use_reserve() ? take(reserve, kind) : frame;
}

struct frame *frame_alloc(enum frame_kind kind) {
    if (inject_failure(inject_class_of(kind))) {
        return NULL;
    }
    struct frame *frame = take(own_cache(), kind);
    frame = frame == NULL ? take_last(kind) : frame;
    if (frame == NULL) {
        return NULL;
    }
    if (CHECKS && frame->poisoned) {
        check_poison(frame);
        frame->poisoned = false;
    }
    trace(TRACE_FRAME_ALLOC, frame_number(frame), kind, 0, 0, 0);
    return frame;
}

void frame_free(struct frame *frame) {
    enum frame_kind kind = frame->kind;
    if (CHECKS && kind == FRAME_FREE) {
        panic("frame 0x%lx is freed twice", frame_number(frame));
    }
    ASSERT(kind != FRAME_RESERVED);
    if (CHECKS && (kind == FRAME_USER || kind == FRAME_FILE)) {
        stale_check_frame(frame);
    }
    trace(TRACE_FRAME_FREE, frame_number(frame), kind, 0, 0, 0);
    if (CHECKS) {
        memset(frame_memory(frame), FRAME_POISON & 0xff, PAGE_SIZE);
        frame->poisoned = true;
    }
    // Others may fill it up meanwhile: then it is too long.
    bool is_short = reserve->count < FRAME_RESERVE;
    struct cache *cache = is_short ? reserve : own_cache();
    spin_lock(&cache->lock);
    frame->kind = FRAME_FREE;
    frame->count = 0;
    frame->next = cache->first;
    cache->first = frame;
    cache->totals[kind]--;
    cache->totals[FRAME_FREE]++;
    if (++cache->count > (cache == reserve ? FRAME_RESERVE : CACHE_LIMIT)) {
        spin_lock(&frame_lock);
        cache->count -= move(&free_frames, &cache->first, CACHE_BATCH);
        spin_unlock(&frame_lock);
    }
    spin_unlock(&cache->lock);
}

// Until memory is shared, the first owner is the last.
// Lab 2 has the real one, which takes this one's place.
__attribute__((weak)) void frame_put(struct frame *frame) {
    frame_free(frame);
}

const char *frame_kind_name(enum frame_kind kind) {
    static const char *const names[FRAME_KINDS] = {
        [FRAME_FREE] = "free",     [FRAME_RESERVED] = "reserved",
        [FRAME_KERNEL] = "kernel", [FRAME_PAGETABLE] = "page-table",
        [FRAME_USER] = "user",     [FRAME_FILE] = "file",
    };
    return kind < FRAME_KINDS ? names[kind] : "unknown";
}

uint64_t frame_total_of(enum frame_kind kind) {
    int64_t total = 0;
    for (unsigned i = 0; i <= MAX_CPUS; i++) {
        total += caches[i].totals[kind];
    }
    return (uint64_t)total;
}

static uint64_t length(const struct frame *frame) {
    uint64_t count = 0;
    for (; frame != NULL; frame = frame->next) {
        count++;
    }
    return count;
}

uint64_t frames_in_lists(void) {
    uint64_t count = length(free_frames);
    for (unsigned i = 0; i <= MAX_CPUS; i++) {
        count += length(caches[i].first);
    }
    return count;
}
