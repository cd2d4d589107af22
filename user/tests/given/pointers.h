// SPDX-License-Identifier: MIT
// Tables of system calls, each with an argument that points where it should not. TRY_ALL prints
// what a call answers if nothing is mapped there, and then each place for which it answers
// otherwise.
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "errors.h"

#define PAGE 4096UL
#define NOWHERE 0x300000000UL
#define FORBIDDEN 0x310000000UL  // a page without any rights
#define READ_ONLY 0x320000000UL  // a page
#define HOLE 0x330001000UL       // behind a page that may be read and written
#define TOP 0x00007ffffffff000UL // of user memory; the page below it may be read and written

#define BAD 0x0bad0badL // among the arguments: where the pointer stands

struct call {
    const char *what;
    long number;
    long arguments[6];
    unsigned how;
    unsigned long bytes; // what the kernel reads or writes there
    const void *good;    // what it should read; NULL: it writes
};

enum {
    COUNTS = 1,   // it answers how many bytes it has moved
    PARTLY = 2,   // Linux's versions differ: do they move a part if they cannot move all?
    DOUBTFUL = 4, // they differ: do they look whether there can be memory at all?
    ENDLESS = 8,  // with a good pointer it would not come back
};

// The last two members: the kernel writes so many bytes, or should read this.
#define RESULT(size) (size), NULL
#define GOOD(object) sizeof(object), (object)

// For readv and writev: a good buffer of four bytes, and one of eight that is there.
static char spare[8];
static struct iovec parts[] = {{spare, 4}, {NULL, 8}};
#define TWO ((long)parts)
#define ONE ((long)&parts[1])

static const struct place {
    const char *what;
    uintptr_t end;
    enum { BEHIND, ACROSS, BEFORE } position; // of the bytes, to `end`
    bool doubtful;                            // see DOUBTFUL
} places[] = {
    {"nothing mapped", NOWHERE, BEHIND, false},
    {"NULL", 0, BEHIND, false},
    {"the first page", 8, BEHIND, false},
    {"no rights", FORBIDDEN, BEHIND, false},
    {"read-only", READ_ONLY, BEHIND, false},
    {"up to a hole", HOLE, BEFORE, false},
    {"into a hole", HOLE, ACROSS, false},
    {"across the end of user memory", TOP, ACROSS, true},
    {"the end of user memory", TOP, BEHIND, true},
    {"beyond it", 0x0000800000000000, BEHIND, true},
    {"not canonical", 0x0123456789abcdef, BEHIND, true},
    {"kernel memory", 0xffff800000100000, BEHIND, false},
    {"kernel code", 0xffffffff80106000, BEHIND, false},
    {"across the end of the world", 0, ACROSS, false},
};
enum { PLACES = sizeof places / sizeof places[0] };

static void map(uintptr_t address, int prot, int how) {
    if (mmap((void *)address, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | how, -1, 0) == MAP_FAILED &&
        errno != EEXIST) {
        puts("mmap failed");
    }
}

static void map_places(void) {
    map(FORBIDDEN, PROT_NONE, MAP_FIXED);
    map(READ_ONLY, PROT_READ, MAP_FIXED);
    map(HOLE - PAGE, PROT_READ | PROT_WRITE, MAP_FIXED);
    map(TOP - PAGE, PROT_READ | PROT_WRITE, MAP_FIXED_NOREPLACE); // the stack may be there already
}

// A few bytes at most are before the end of user memory: there may be a stack that is in use.
static uintptr_t address_in(const struct place *place, unsigned long bytes) {
    unsigned long half = bytes < 16 ? bytes / 2 : 8;
    return place->end - (place->position == BEFORE ? bytes : place->position == ACROSS ? half : 0);
}

// Puts there what a call is to read, as far as there is memory.
static void fill(const struct place *place, uintptr_t address, const struct call *call) {
    if (call->good == NULL) {
        return;
    }
    if (place->end == READ_ONLY) {
        mprotect((void *)READ_ONLY, PAGE, PROT_READ | PROT_WRITE);
        memcpy((void *)address, call->good, call->bytes);
        mprotect((void *)READ_ONLY, PAGE, PROT_READ);
    } else if (place->position != BEHIND && place->end != 0) {
        memcpy((void *)address, call->good, place->end - address);
    }
}

static long do_call(const struct call *call, uintptr_t pointer) {
    long a[6];
    for (int i = 0; i < 6; i++) {
        a[i] = call->arguments[i] == BAD ? (long)pointer : call->arguments[i];
    }
    parts[1] = (struct iovec){(void *)pointer, 8};
    long value = syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (call->number == SYS_clone && value == 0) {
        _exit(0); // the child
    }
    return value;
}

enum { ANSWER = 40 };

static void describe(char to[ANSWER], const struct call *call, const struct place *place,
                     long value) {
    bool within_reach = call->arguments[1] == TWO || (place->position == ACROSS && place->end != 0);
    bool lenient = (call->how & PARTLY) != 0 || ((call->how & COUNTS) != 0 && place->end == TOP);
    bool some = value > 0 && value < (long)call->bytes;
    if (lenient && within_reach && (some || (value < 0 && errno == EFAULT))) {
        snprintf(to, ANSWER, "EFAULT, or a part");
    } else if (value >= 0 && (call->how & COUNTS) != 0) {
        snprintf(to, ANSWER, "%ld bytes", value);
    } else {
        snprintf(to, ANSWER, "%s", value < 0 ? error_name(errno) : "ok");
    }
}

static void print_name(const struct call *call) {
    printf("%s", call->what);
    for (int i = 0; i < 6; i++) {
        if (call->arguments[i] == BAD) {
            printf(", argument %d", i + 1);
        }
    }
}

static bool makes_sense(const struct call *call, const struct place *place) {
    bool would_work = place->position == BEFORE || (place->end == READ_ONLY && call->good != NULL);
    return !(place->doubtful && (call->how & DOUBTFUL)) && !(would_work && (call->how & ENDLESS));
}

// Tries one place; `usual` is what the call answers in most places, and is set by the first.
static long try_place(const struct call *call, const struct place *place, char usual[ANSWER]) {
    char answer[ANSWER];
    long value = do_call(call, address_in(place, call->bytes));
    describe(answer, call, place, value);
    if (place == places) {
        memcpy(usual, answer, ANSWER);
        print_name(call);
        printf(": %s\n", usual);
    } else if (strcmp(usual, answer) != 0) {
        printf("  %s: %s\n", place->what, answer);
    }
    return value;
}

// `before` and `after` surround each call. `after` knows what it has answered.
static void try_all(const struct call *calls, unsigned count, void before(void),
                    void after(const char *place, long value)) {
    for (const struct call *call = calls; call < calls + count; call++) {
        char usual[ANSWER];
        for (const struct place *place = places; place < places + PLACES; place++) {
            if (makes_sense(call, place)) {
                fill(place, address_in(place, call->bytes), call);
                before();
                after(place->what, try_place(call, place, usual));
            }
        }
    }
}

static inline void nothing_before(void) {
}

static inline void nothing_after(const char *place, long value) {
    (void)place;
    (void)value;
}

#define TRY_ALL(calls, before, after) \
    try_all(calls, sizeof(calls) / sizeof((calls)[0]), before, after)
