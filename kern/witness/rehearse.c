// SPDX-License-Identifier: MIT
#include "witness/rehearse.h"

#include "errno.h"
#include "kernel.h"
#include "mm/frame.h"
#include "task/task.h"
#include "witness/audit.h"
#include "witness/inject.h"
#include "witness/trace.h"

uint64_t rehearsals;

// What a fork takes, and must give back. Kernel frames are not among it: stacks keep theirs.
struct holdings {
    uint64_t user_frames;
    uint64_t table_frames;
    uint64_t heap_objects;
    uint64_t tasks;
};

static struct holdings holdings_now(void) {
    return (struct holdings){
        .user_frames = frame_total_of(FRAME_USER),
        .table_frames = frame_total_of(FRAME_PAGETABLE),
        .heap_objects = trace_total(TRACE_HEAP_ALLOC) - trace_total(TRACE_HEAP_FREE),
        .tasks = task_total(),
    };
}

static void compare(const char *what, uint64_t before, uint64_t now, uint64_t n) {
    if (before != now) {
        panic("a fork failed at its allocation %lu, and changed the number of %s from %lu to %lu",
              n, what, before, now);
    }
}

// Judges an attempt whose nth allocation has failed.
static void judge(uint64_t n, int64_t result, const struct holdings *before) {
    if (result != -ENOMEM && result != -EAGAIN) {
        panic("allocation %lu of a fork failed, but fork answered %ld, not -ENOMEM", n, result);
    }
    struct holdings now = holdings_now();
    compare("frames of user memory", before->user_frames, now.user_frames, n);
    compare("frames of page tables", before->table_frames, now.table_frames, n);
    compare("objects in the kernel's heap", before->heap_objects, now.heap_objects, n);
    compare("tasks", before->tasks, now.tasks, n);
    if (audit_run() > 0) {
        panic("a fork failed at its allocation %lu, and the audit after it is not clean", n);
    }
}

static uint64_t allocations(void) {
    return trace_total(TRACE_FRAME_ALLOC) + trace_total(TRACE_HEAP_ALLOC);
}

int64_t rehearse(int64_t (*attempt)(const struct clone_arguments *),
                 const struct clone_arguments *arguments) {
    rehearsals--;
    for (uint64_t n = 1;; n++) {
        uint64_t head = trace_ring.head;
        uint64_t allocated = allocations();
        struct holdings before = holdings_now();
        inject_arm(INJECT_ANY, n);
        int64_t result = attempt(arguments);
        if (inject_arm(INJECT_NONE, 0) > 0) {
            trace(TRACE_REHEARSE, n - 1, allocations() - allocated, 0, 0, 0);
            return result;
        }
        judge(n, result, &before);
        trace_rewind(head);
    }
}
