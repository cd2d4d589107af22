// SPDX-License-Identifier: MIT
// Calls on memory. They work on the arena, or on nothing.
#include <sys/mman.h>
#include <sys/stat.h>

#include "fuzz.h"

#define VALIDATE 0x03 // MAP_SHARED_VALIDATE, which not every C library has

static int protection(void) {
    static const int usual[] = {PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ,
                                PROT_READ | PROT_EXEC, PROT_NONE};
    if (!state->alone && chance(2)) {
        return PROT_READ | PROT_WRITE | PROT_EXEC;
    }
    return state->alone || chance(95) ? ONE_OF(usual) : (int)random_bits() & ~PROT_EXEC;
}

// A range within the arena, or one that begins there and ends nowhere.
static size_t length_from(const char *start) {
    static const size_t odd[] = {0,         1,    PAGE + 1,   1UL << TERABYTE_SHIFT,
                                 1UL << 47, ~0UL, ~0UL - 4095};
    size_t pages = (size_t)(ARENA_AT + ARENA_PAGES * PAGE - (long)start) / PAGE;
    size_t bytes = chance(90) ? (1 + below((unsigned)pages)) * PAGE : ONE_OF(odd);
    return state->alone && bytes >> TERABYTE_SHIFT == 1 ? PAGE : bytes; // Linux may refuse so much
}

// The start of a range that has no page in it of those the process needs.
static char *start_of_range(void) {
    static const uintptr_t odd[] = {0,
                                    1,
                                    ARENA_AT + 1,
                                    0x300000000000,
                                    0x7ffffffff000,
                                    0x800000000000,
                                    0xffff800000100000,
                                    0xffffffff80106000,
                                    0xfffffffffffff000};
    char *start = chance(92) ? arena() : (char *)ONE_OF(odd);
    return state->alone && (uintptr_t)start < PAGE ? arena()
                                                   : start; // who may use that page varies
}

static bool in_arena(const char *start) {
    return (long)start >= ARENA_AT && (long)start < ARENA_AT + ARENA_PAGES * PAGE;
}

// What a range outside the arena may be long.
static size_t harmless(const char *start, size_t bytes) {
    return in_arena(start) || bytes <= (size_t)PAGE * ARENA_PAGES ? bytes : PAGE;
}

// The latest new memory. It may have changed since.
static char *new_start;
static size_t new_bytes;

// New memory, and the process itself touches it: what other calls do for the kernel only.
static long map_and_touch(void) {
    int flags = MAP_ANONYMOUS | MAP_FIXED | (chance(70) ? MAP_PRIVATE : MAP_SHARED);
    new_start = (char *)ARENA_AT + below(ARENA_PAGES - 3) * PAGE;
    new_bytes = (size_t)PAGE * (1 + below(3));
    long at = TRY(SYS_mmap, new_start, new_bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    for (size_t i = 0; at >= 0 && i < new_bytes; i += PAGE) {
        new_start[i] = 1;
    }
    return at;
}

static void touch(volatile char *byte, bool write) {
    char seen = *byte;
    if (write) {
        *byte = seen + 1;
    }
}

// Pages of a file, mostly those that there are and a few more, and the process itself touches them:
// it may die of that if somebody has made the file shorter meanwhile.
static long map_file(void) {
    static const int types[] = {MAP_PRIVATE, MAP_PRIVATE, MAP_SHARED, MAP_SHARED, VALIDATE};
    struct stat status = {0};
    int fd = fd_of(REGULAR);
    if (state->alone && kind_of(fd) == DEVICE) { // some of Linux's can be mapped
        fd = -1;
    }
    TRY(SYS_fstat, fd, &status);
    int writable = chance(60) ? PROT_WRITE : 0;
    int type = ONE_OF(types);
    int odd = !state->alone && chance(5) ? 1 << below(30) : 0;
    long first = chance(90) ? (long)below(6) * PAGE : offset();
    new_start = (char *)ARENA_AT + below(ARENA_PAGES - 3) * PAGE;
    new_bytes = (size_t)PAGE * (1 + below(3));
    long at = TRY(SYS_mmap, new_start, new_bytes, PROT_READ | writable, type | odd | MAP_FIXED, fd,
                  first);
    for (size_t i = 0; at == (long)new_start && chance(80) && i < new_bytes; i += PAGE) {
        if (first + (long)i < status.st_size || (!state->alone && chance(2))) {
            touch(new_start + i, writable);
        }
    }
    return at;
}

static long do_mmap(void) {
    if (chance(45)) {
        return chance(60) ? map_and_touch() : map_file();
    }
    int flags = MAP_ANONYMOUS | (chance(70) ? MAP_PRIVATE : MAP_SHARED);
    char *start = start_of_range();
    size_t bytes = harmless(start, length_from(start));
    if (chance(3)) {
        flags = (int)random_bits() & 0x33;
        flags |= MAP_ANONYMOUS;
    }
    if (chance(2) && !state->alone) {
        flags &= ~MAP_ANONYMOUS; // a file that there is not
    }
    bool fixed = in_arena(start) && chance(85);
    flags = fixed ? flags | MAP_FIXED : flags & ~MAP_FIXED;
    flags |= chance(10) ? MAP_FIXED_NOREPLACE : 0;
    long at = TRY(SYS_mmap, start, bytes, protection(), flags, -1, 0);
    if (at >= 0 && !in_arena((char *)at)) {
        TRY(SYS_munmap, at, bytes); // it would only be in the way
    }
    return at;
}

static long do_munmap(void) {
    char *start = start_of_range();
    return TRY(SYS_munmap, start, harmless(start, length_from(start)));
}

// A range that may be the newest.
static char *some_range(size_t *bytes) {
    bool newest = chance(40) && new_bytes > 0;
    char *start = newest ? new_start : start_of_range();
    *bytes = newest ? new_bytes : harmless(start, length_from(start));
    return start;
}

static long do_mprotect(void) {
    if (chance(20)) {
        map_and_touch(); // or there will soon be nothing left to protect
    }
    size_t bytes;
    char *start = some_range(&bytes);
    long result = TRY(SYS_mprotect, start, bytes, protection());
    if (state->alone && result == -ENOMEM) { // Linux has changed what lies before the hole
        TRY(SYS_munmap, ARENA_AT, ARENA_PAGES * PAGE);
    }
    return result;
}

static long do_msync(void) {
    static const int usual[] = {MS_SYNC, MS_ASYNC, MS_SYNC | MS_INVALIDATE, 0};
    if (chance(40)) {
        map_file();
    }
    size_t bytes;
    char *start = some_range(&bytes);
    return TRY(SYS_msync, start, bytes, chance(90) ? ONE_OF(usual) : (int)random_bits());
}

static long do_madvise(void) {
    static const int advice[] = {
        MADV_DONTNEED, MADV_DONTNEED, MADV_DONTNEED, MADV_DONTNEED, MADV_NORMAL, MADV_RANDOM, 99};
    if (chance(30)) {
        map_and_touch();
    }
    bool newest = chance(60) && new_bytes > 0;
    char *start = newest ? new_start : start_of_range();
    size_t bytes = newest ? new_bytes : harmless(start, length_from(start));
    if (bytes >> TERABYTE_SHIFT != 0) { // it would be taken at its word, as far as there is memory
        bytes = ~0UL - PAGE;
    }
    return TRY(SYS_madvise, start, bytes, ONE_OF(advice));
}

// Answers where the break is, moved or not. Nothing else uses the heap.
static long do_brk(void) {
    static const long steps[] = {0, 1, PAGE, -PAGE, 3 * PAGE, -3 * PAGE, 100};
    static const long odd[] = {0, 1, 0x7fffffffefff, 0x800000000000, -1, -4096};
    static long lowest; // below it, a C library may have something
    long now = TRY(SYS_brk, 0);
    lowest = lowest == 0 ? now : lowest;
    long wanted = chance(90) ? now + ONE_OF(steps) : ONE_OF(odd);
    wanted = state->alone && wanted > 1 && wanted < lowest ? lowest : wanted;
    long at = TRY(SYS_brk, wanted);
    if (at == wanted && at - now > 64 * PAGE) {
        TRY(SYS_brk, now);
    }
    return at == wanted ? 0 : -ENOMEM;
}

static long do_mremap(void) {
    return TRY(SYS_mremap, arena(), PAGE, size(), 1, 0);
}

const struct call memory_calls[] = {
    {"mmap", do_mmap, 40, ALONE, NULL},         {"munmap", do_munmap, 20, ALONE, NULL},
    {"mprotect", do_mprotect, 25, ALONE, NULL}, {"madvise", do_madvise, 15, ALONE, NULL},
    {"brk", do_brk, 15, ALONE, NULL},           {"msync", do_msync, 10, ALONE, NULL},
    {"mremap", do_mremap, 1, 0, "not there"},   {0},
};
