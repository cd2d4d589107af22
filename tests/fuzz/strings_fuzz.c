// SPDX-License-Identifier: MIT
// libFuzzer's target for the arguments of execve (kern/task/strings.c). An input describes the
// memory of a program: which pages are mapped, where there are NULs, the arrays that argv and envp
// are; and what another thread writes while the kernel reads. Whatever that is, what the kernel has
// in the end must be whole; and if nobody wrote, it must be what is there.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errno.h"
#include "mm/fill.h"
#include "mm/usercopy.h"
#include "task/strings.h"

enum {
    PAGES = 48,
    PAGE = 4096,
    MEMORY = PAGES * PAGE,
    HOLES = 8,
    NULS = 64,
    ELEMENTS = 40,
    WRITES = 8
};
#define START 0x400000UL // where the program's memory is

static unsigned char memory[MEMORY];
static bool mapped[PAGES];

// What the other thread stores before the kernel's nth access.
static struct store {
    uint32_t address;
    unsigned char when, value;
} stores[WRITES];
static unsigned accesses;
static bool somebody_wrote;

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static _Noreturn void complain(const char *what) {
    fprintf(stderr, "%s\n", what);
    abort();
}

// ---- What the kernel sees of the program -----------------------------------------------------

// The byte at an address, or NULL if nothing is mapped there.
static unsigned char *at(uintptr_t address) {
    uintptr_t offset = address - START;
    return offset < MEMORY && mapped[offset / PAGE] ? &memory[offset] : NULL;
}

size_t copy_from_user_partly(void *to, uintptr_t from, size_t bytes) {
    accesses++;
    for (int i = 0; i < WRITES; i++) {
        if (stores[i].when == accesses) {
            memory[stores[i].address % MEMORY] = stores[i].value;
            somebody_wrote = true;
        }
    }
    size_t done = 0;
    for (; done < bytes && at(from + done) != NULL; done++) {
        ((unsigned char *)to)[done] = *at(from + done);
    }
    return done;
}

int copy_from_user(void *to, uintptr_t from, size_t bytes) {
    return copy_from_user_partly(to, from, bytes) == bytes ? 0 : -EFAULT;
}

// ---- What it has in the end ------------------------------------------------------------------

static char *written;

int mm_write(struct mm *mm, uintptr_t va, const void *from, size_t bytes) {
    (void)mm;
    memcpy(written + va, from, bytes);
    return 0;
}

// The strings of an array, as they stand there: appended to `text`, their number to *count. Returns
// 0 or an error.
static int expect(uintptr_t array, char **text, unsigned *count, size_t *room) {
    for (; array != 0; array += 8) {
        uintptr_t address = 0;
        for (int i = 0; i < 8; i++) {
            if (at(array + i) == NULL) {
                return -EFAULT;
            }
            address |= (uintptr_t)*at(array + i) << (8 * i);
        }
        if (address == 0) {
            return 0;
        }
        size_t bytes = 0;
        do {
            if (at(address + bytes) == NULL) {
                return -EFAULT;
            }
            *(*text)++ = (char)*at(address + bytes++);
        } while (*at(address + bytes - 1) != '\0' && bytes <= STRING_BYTES_MAX);
        if (bytes > STRING_BYTES_MAX || bytes + 8 > *room) {
            return -E2BIG;
        }
        *room -= bytes + 8;
        ++*count;
    }
    return 0;
}

// Compares with what is there, if nobody has changed it.
static void compare(const struct strings *strings, int error, uintptr_t argv, uintptr_t envp) {
    static char expected[ARG_BYTES_MAX + STRING_BYTES_MAX + 1];
    char *end = expected;
    unsigned argc = 0, envc = 0;
    size_t room = ARG_BYTES_MAX;
    int wanted = expect(argv, &end, &argc, &room);
    if (wanted == 0 && argc == 0) {
        *end++ = '\0';
        argc = 1;
    }
    wanted = wanted == 0 ? expect(envp, &end, &envc, &room) : wanted;
    if ((error == 0) != (wanted == 0)) {
        complain("an error that should not be, or none that should");
    }
    if (error == 0 && (strings_argc(strings) != argc || strings_envc(strings) != envc ||
                       strings_bytes(strings) != (size_t)(end - expected) ||
                       memcmp(written, expected, strings_bytes(strings)) != 0)) {
        complain("these are not the strings");
    }
}

// Each string ends with its NUL, and has no other; none is missing.
static void check_whole(const struct strings *strings) {
    size_t done = 0;
    unsigned count = strings_argc(strings) + strings_envc(strings);
    for (unsigned i = 0; i < count; i++) {
        size_t bytes = string_bytes(strings, i);
        if (bytes == 0 || bytes > STRING_BYTES_MAX || done + bytes > strings_bytes(strings) ||
            strnlen(written + done, bytes) != bytes - 1) {
            complain("a string without its NUL, or with two");
        }
        done += bytes;
    }
    if (done != strings_bytes(strings) || strings_argc(strings) == 0 ||
        done + 8 * count > ARG_BYTES_MAX) {
        complain("more or less than all strings");
    }
}

// What a script's interpreter gets: the strings behind the first one, behind others.
static void check_rest(const struct strings *strings) {
    struct strings *more = strings_create(0);
    if (more == NULL || strings_add(more, "interpreter", 11) < 0) {
        complain("no memory");
    }
    if (strings_add_rest(more, strings, 1) == 0) {
        size_t first = string_bytes(strings, 0);
        char *before = written;
        written = malloc(strings_bytes(more));
        strings_write(more, NULL, 0);
        check_whole(more);
        if (strings_bytes(more) != 12 + strings_bytes(strings) - first ||
            memcmp(written + 12, before + first, strings_bytes(more) - 12) != 0) {
            complain("the rest has changed");
        }
        free(written);
        written = before;
    }
    strings_destroy(more);
}

// ---- The input -------------------------------------------------------------------------------

struct reader {
    const uint8_t *at;
    size_t left;
};

// The next byte; 0 when the input has ended.
static unsigned next(struct reader *reader) {
    return reader->left > 0 ? (reader->left--, *reader->at++) : 0;
}

// A place in the memory, most likely near the border of two pages.
static uint32_t place(struct reader *reader) {
    unsigned page = next(reader) % PAGES;
    unsigned offset = next(reader);
    return (page * PAGE + (offset < 64    ? offset
                           : offset < 192 ? MEMORY + 64 - offset
                                          : offset * 16)) %
           MEMORY;
}

// Stores an array of addresses, some of which lead nowhere. Returns where, or sometimes 0.
static uintptr_t make_array(struct reader *reader) {
    uint32_t offset = place(reader);
    uint32_t elements = next(reader) % ELEMENTS;
    for (uint32_t i = 0; i <= elements && offset + 8 * i + 8 <= MEMORY; i++) {
        unsigned kind = i == elements ? 0 : 1 + next(reader);
        uintptr_t address = START + place(reader);
        address = kind == 0 ? 0 : kind == 1 ? START - 1 : kind == 2 ? ~address : address;
        memcpy(&memory[offset + 8 * i], &address, sizeof address);
    }
    return next(reader) == 1 ? 0 : START + offset;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    struct reader reader = {input, size};
    memset(memory, 'x', sizeof memory);
    for (int i = 0; i < PAGES; i++) {
        mapped[i] = true;
    }
    for (unsigned holes = next(&reader) % HOLES; holes > 0; holes--) {
        mapped[next(&reader) % PAGES] = false;
    }
    for (unsigned nuls = next(&reader) % NULS; nuls > 0; nuls--) {
        memory[place(&reader)] = '\0';
    }
    uintptr_t argv = make_array(&reader);
    uintptr_t envp = make_array(&reader);
    memset(stores, 0, sizeof stores);
    for (unsigned i = 0, writes = next(&reader) % WRITES; i < writes; i++) {
        stores[i] = (struct store){place(&reader), (unsigned char)next(&reader),
                                   (unsigned char)next(&reader)};
    }
    accesses = 0;
    somebody_wrote = false;
    struct strings *strings = strings_create(0);
    if (strings == NULL) {
        return 0;
    }
    int error = strings_add_user(strings, argv, envp);
    written = malloc(strings_bytes(strings) + 1);
    strings_write(strings, NULL, 0);
    if (error == 0) {
        check_whole(strings);
        check_rest(strings);
    }
    if (!somebody_wrote) {
        compare(strings, error, argv, envp);
    }
    free(written);
    strings_destroy(strings);
    return 0;
}
