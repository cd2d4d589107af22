// SPDX-License-Identifier: MIT
// Who took a right away from an entry and has not flushed it yet. A processor may still have the
// old entry then, so there must be a flush before the task goes back to user mode, and before the
// frame that the old entry named is given back. Only in a checking build; each violation becomes a
// finding of the final audit.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

struct frame;
struct pagetable;

// What a task still has to flush. With more than there is room for, one is only known to have to
// flush something.
enum { STALE_ROOM = CHECKS ? 16 : 1 };
struct stale {
    struct {
        const struct pagetable *pt;
        uintptr_t va;
        const struct frame *frame; // that the old entry named
    } items[STALE_ROOM];
    unsigned count;
    bool more; // there was no room for some, and no flush has come since
};

// An entry of `pt`, in which somebody runs, has lost a right that it gave to `frame`.
void stale_note(const struct pagetable *pt, uintptr_t va, const struct frame *frame);

// There has been a flush of `va`, or of everything.
void stale_flushed(const struct pagetable *pt, uintptr_t va, bool all);

// The current task is about to give `frame` back, or to go back to user mode.
void stale_check_frame(const struct frame *frame);
void stale_check_return(void);

// How often one of these found something.
unsigned stale_findings(void);
