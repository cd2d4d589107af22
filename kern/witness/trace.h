// SPDX-License-Identifier: MIT
// The trace: what really happened, recorded by code that no lab replaces. Events go into a ring in
// memory, which the grader reads from outside; a build without checks records nothing.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

enum trace_type {
#define EVENT(type, name, class, arguments) type,
#include "witness/events.def"
#undef EVENT
    TRACE_TYPES,
};

// Each class is a bit, so that a test records only what it looks at.
enum trace_class {
#define CLASS(name) TRACE_CLASS_##name,
#include "witness/events.def"
#undef CLASS
    TRACE_CLASSES,
};

// One event; 64 bytes. Written in this order of importance: a reader that finds another ticket than
// the one it expects is looking at an event that is not complete, or was overwritten.
struct trace_event {
    uint64_t ticket; // 1 + how many tickets had been drawn before
    uint64_t time;   // cycle_count()
    uint16_t type;
    uint8_t cpu;
    uint8_t unused;
    int32_t pid; // 0: no task
    uint64_t arguments[5];
};
_Static_assert(sizeof(struct trace_event) == 64, "the reader counts on it");

// Layout known to the reader outside; `version` changes with it.
struct trace_ring {
    uint32_t version;
    uint32_t event_bytes;
    uint64_t capacity; // a power of two
    uint64_t head;     // tickets drawn; event t is in slot t % capacity
    struct trace_event *events;
    uint64_t classes; // bit mask of enum trace_class: what is recorded
};

extern struct trace_ring trace_ring;

// Makes the ring and begins to record the classes that options.trace names.
void trace_setup(void);

void trace_record(enum trace_type type, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                  uint64_t a4);

// Records an event, if its class is wanted. What the arguments mean says events.def.
static inline void trace(enum trace_type type, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
                         uint64_t a4) {
    if (CHECKS) {
        trace_record(type, a0, a1, a2, a3, a4);
    }
}

// How many events of a type there have been since the start, recorded or not.
uint64_t trace_total(enum trace_type type);

// Forgets all events from ticket `head` on, which trace_ring.head once was: what they told about
// has been undone. Nobody else may be recording.
void trace_rewind(uint64_t head);

// Prints the last `count` events as kernel lines.
void trace_print_last(unsigned count);
