// SPDX-License-Identifier: MIT
#include "witness/stale.h"

#include <stdatomic.h>

#include "kernel.h"
#include "mm/frame.h"
#include "task/task.h"
#include "witness/audit.h"

enum { FINDINGS_SHOWN = 3 };

static atomic_uint findings;

static struct stale *own(void) {
    return current == NULL ? NULL : &current->stale;
}

static bool may_print(void) {
    unsigned before = atomic_fetch_add(&findings, 1);
    if (before == FINDINGS_SHOWN) {
        printk("audit: and more of that kind\n");
    }
    return before < FINDINGS_SHOWN;
}

void stale_note(const struct pagetable *pt, uintptr_t va, const struct frame *frame) {
    struct stale *stale = own();
    if (stale == NULL) {
        return;
    }
    for (unsigned i = 0; i < stale->count; i++) {
        if (stale->items[i].pt == pt && stale->items[i].va == va) {
            return; // noted already: the first of several changes is the one that counts
        }
    }
    if (stale->count == STALE_ROOM) {
        stale->more = true;
        return;
    }
    stale->items[stale->count].pt = pt;
    stale->items[stale->count].va = va;
    stale->items[stale->count].frame = frame;
    stale->count++;
}

void stale_flushed(const struct pagetable *pt, uintptr_t va, bool all) {
    struct stale *stale = own();
    if (stale == NULL) {
        return;
    }
    stale->more = false;
    for (unsigned i = stale->count; i-- > 0;) {
        if (stale->items[i].pt == pt && (all || stale->items[i].va == va)) {
            stale->items[i] = stale->items[--stale->count];
        }
    }
}

void stale_check_frame(const struct frame *frame) {
    const struct stale *stale = own();
    for (unsigned i = 0; stale != NULL && i < stale->count; i++) {
        if (stale->items[i].frame == frame && may_print()) {
            printk("audit: pid %d gives frame 0x%lx back, but has not flushed 0x%lx, where it was "
                   "mapped: a "
                   "processor may still use it\n",
                   current->pid, frame_number(frame), stale->items[i].va);
            audit_trace("stale", frame, stale->items[i].va, 0);
        }
    }
}

void stale_check_return(void) {
    struct stale *stale = own();
    if (stale->count == 0) {
        return;
    }
    uintptr_t va = stale->items[0].va;
    const struct frame *frame = stale->items[0].frame;
    if (may_print()) {
        printk(
            "audit: pid %d has taken rights away from 0x%lx%s, and goes back to user mode without "
            "a flush: a processor may still have the old entry, for frame 0x%lx\n",
            current->pid, va, stale->count > 1 ? " and other pages" : "", frame_number(frame));
        audit_trace("unflushd", frame, va, stale->count);
    }
    stale->count = 0;
    stale->more = false;
}

unsigned stale_findings(void) {
    return findings;
}
