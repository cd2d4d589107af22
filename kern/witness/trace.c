// SPDX-License-Identifier: MIT
#include "witness/trace.h"

#include <arch/cpu.h>
#include <stddef.h>

#include "arch/machine.h"
#include "base/string.h"
#include "kernel.h"
#include "mm/frame.h"
#include "options.h"
#include "task/task.h"
#include "witness/trace_text.h"

struct trace_ring trace_ring = {.version = 1, .event_bytes = sizeof(struct trace_event)};

static const char *const class_names[TRACE_CLASSES] = {
#define CLASS(name) [TRACE_CLASS_##name] = #name,
#include "witness/events.def"
};

// For readers outside, who find it by its symbol; the index is the type, an empty one ends it.
const struct trace_format trace_formats[TRACE_TYPES + 1] = {
#define EVENT(type, name, class, arguments) [type] = {name, #class, arguments},
#include "witness/events.def"
};

static const uint8_t class_of[TRACE_TYPES] = {
#define EVENT(type, name, class, arguments) [type] = TRACE_CLASS_##class,
#include "witness/events.def"
};

static uint64_t totals[TRACE_TYPES];

// True if the comma-separated `list` contains `name`.
static bool names(const char *list, const char *name) {
    size_t length = strlen(name);
    while (list != NULL) {
        if (strncmp(list, name, length) == 0 && (list[length] == ',' || list[length] == '\0')) {
            return true;
        }
        list = strchr(list, ',');
        list = list == NULL ? NULL : list + 1;
    }
    return false;
}

static uint64_t chosen_classes(void) {
    if (strcmp(options.trace, "none") == 0) {
        return 0;
    }
    uint64_t chosen = 0;
    for (unsigned i = 0; i < TRACE_CLASSES; i++) {
        if (strcmp(options.trace, "all") == 0 || names(options.trace, class_names[i])) {
            chosen |= 1UL << i;
        }
    }
    if (chosen == 0) {
        setup_failed("option 'trace=%s': names no class of events", options.trace);
    }
    return chosen;
}

void trace_setup(void) {
    if (!CHECKS) {
        return;
    }
    trace_ring.capacity = options.trace_events;
    trace_ring.events = frame_alloc_early(options.trace_events * sizeof(struct trace_event));
    memset(trace_ring.events, 0, options.trace_events * sizeof(struct trace_event));
    trace_ring.classes = chosen_classes();
}

static void print_event(const struct trace_event *event) {
    char text[200];
    trace_text(event, text, sizeof text);
    printk("  %s\n", text);
}

static void mirror_event(const struct trace_event *event) {
    char text[200];
    trace_text(event, text, sizeof text);
    for (const char *c = text; *c != '\0'; c++) {
        serial_mirror_put(*c);
    }
    serial_mirror_put('\n');
}

// The ticket is drawn first and stored last, so that an event is either complete or has a ticket
// that does not belong in its slot.
void trace_record(enum trace_type type, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                  uint64_t a4) {
    __atomic_fetch_add(&totals[type], 1, __ATOMIC_RELAXED);
    if ((trace_ring.classes >> class_of[type] & 1) == 0) {
        return;
    }
    uint64_t ticket = __atomic_fetch_add(&trace_ring.head, 1, __ATOMIC_RELAXED);
    struct trace_event *event = &trace_ring.events[ticket & (trace_ring.capacity - 1)];
    const struct task *task = current;
    __atomic_store_n(&event->ticket, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    event->time = cycle_count();
    event->type = (uint16_t)type;
    event->cpu = (uint8_t)this_cpu()->id;
    event->pid = task == NULL ? 0 : task->pid;
    event->arguments[0] = a0;
    event->arguments[1] = a1;
    event->arguments[2] = a2;
    event->arguments[3] = a3;
    event->arguments[4] = a4;
    __atomic_store_n(&event->ticket, ticket + 1, __ATOMIC_RELEASE);
    if (options.trace_mirror != 0) {
        mirror_event(event);
    }
}

uint64_t trace_total(enum trace_type type) {
    return __atomic_load_n(&totals[type], __ATOMIC_RELAXED);
}

void trace_rewind(uint64_t head) {
    trace_ring.head = head;
}

void trace_print_last(unsigned count) {
    uint64_t head = trace_ring.head;
    uint64_t kept = head < trace_ring.capacity ? head : trace_ring.capacity;
    if (kept == 0) {
        return;
    }
    if (count > kept) {
        count = (unsigned)kept;
    }
    printk("  the last %u events:\n", count);
    for (uint64_t ticket = head - count; ticket < head; ticket++) {
        print_event(&trace_ring.events[ticket & (trace_ring.capacity - 1)]);
    }
}
