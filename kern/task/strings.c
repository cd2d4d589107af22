// SPDX-License-Identifier: MIT
#include "task/strings.h"

#include <stdbool.h>

#include "base/list.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "mm/fill.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/usercopy.h"

enum { LENGTHS_IN_PAGE = PAGE_SIZE / sizeof(uint32_t) };

// Bytes in as many frames as it takes.
struct chain {
    struct list frames; // owned
    size_t bytes;
};

struct strings {
    unsigned argc, envc;
    size_t room; // of the limit, for more
    struct chain text;
    struct chain lengths; // a uint32_t for each, with the NUL
};

static struct frame *frame_of(const struct list *link) {
    return list_entry(link, struct frame, link);
}

// Where the next byte of the chain belongs, with *room for that many. NULL when out of memory.
static char *chain_end(struct chain *chain, size_t *room) {
    size_t used = chain->bytes % PAGE_SIZE;
    *room = PAGE_SIZE - used;
    if (used == 0) {
        struct frame *frame = frame_alloc(FRAME_KERNEL);
        if (frame == NULL) {
            return NULL;
        }
        list_push_back(&chain->frames, &frame->link);
    }
    return (char *)frame_memory(frame_of(chain->frames.prev)) + used;
}

static void chain_free(struct chain *chain) {
    list_for_each_safe(link, &chain->frames) {
        list_remove(link);
        frame_free(frame_of(link));
    }
}

unsigned strings_argc(const struct strings *strings) {
    return strings->argc;
}

unsigned strings_envc(const struct strings *strings) {
    return strings->envc;
}

size_t strings_bytes(const struct strings *strings) {
    return strings->text.bytes;
}

size_t string_bytes(const struct strings *strings, unsigned index) {
    ASSERT(index < strings->argc + strings->envc);
    const struct list *link = strings->lengths.frames.next;
    for (; index >= LENGTHS_IN_PAGE; index -= LENGTHS_IN_PAGE) {
        link = link->next;
    }
    return ((const uint32_t *)frame_memory(frame_of(link)))[index];
}

int strings_write(const struct strings *strings, struct mm *mm, uintptr_t to) {
    size_t left = strings->text.bytes;
    list_for_each(link, &strings->text.frames) {
        size_t part = left < PAGE_SIZE ? left : PAGE_SIZE;
        int error = mm_write(mm, to, frame_memory(frame_of(link)), part);
        if (error < 0) {
            return error;
        }
        to += part;
        left -= part;
    }
    return 0;
}

struct strings *strings_create(size_t taken) {
    struct strings *strings = kmalloc(sizeof *strings);
    if (strings != NULL) {
        strings->room = ARG_BYTES_MAX - taken;
        list_init(&strings->text.frames);
        list_init(&strings->lengths.frames);
    }
    return strings;
}

void strings_destroy(struct strings *strings) {
    if (strings != NULL) {
        chain_free(&strings->text);
        chain_free(&strings->lengths);
        kfree(strings);
    }
}

// Takes `bytes` of what the limit has left.
static bool take_room(struct strings *strings, size_t bytes) {
    if (bytes > strings->room) {
        return false;
    }
    strings->room -= bytes;
    return true;
}

static int chain_append(struct chain *chain, const void *from, size_t bytes) {
    const char *at = from;
    while (bytes > 0) {
        size_t part;
        char *to = chain_end(chain, &part);
        if (to == NULL) {
            return -ENOMEM;
        }
        part = part < bytes ? part : bytes;
        memcpy(to, at, part);
        chain->bytes += part;
        at += part;
        bytes -= part;
    }
    return 0;
}

// Appends what `from` has from `offset` on.
static int chain_append_rest(struct chain *chain, const struct chain *from, size_t offset) {
    int error = 0;
    size_t start = 0;
    list_for_each(link, &from->frames) {
        size_t end = from->bytes - start < PAGE_SIZE ? from->bytes : start + PAGE_SIZE;
        if (error == 0 && offset < end) {
            const char *memory = frame_memory(frame_of(link));
            error = chain_append(chain, memory + (offset - start), end - offset);
            offset = end;
        }
        start = end;
    }
    return error;
}

// The last `bytes` of the text have become a string.
static int end_string(struct strings *strings, size_t bytes) {
    uint32_t length = (uint32_t)bytes;
    return chain_append(&strings->lengths, &length, sizeof length);
}

// Adds what a program has at `address`, up to its NUL. Each byte is fetched once, and no page is
// touched that has none of it.
static int add_user_string(struct strings *strings, uintptr_t address) {
    size_t bytes = 0;
    for (bool ended = false; !ended;) {
        size_t part;
        char *to = chain_end(&strings->text, &part);
        if (to == NULL) {
            return -ENOMEM;
        }
        size_t in_page = PAGE_SIZE - (address + bytes) % PAGE_SIZE;
        part = part < in_page ? part : in_page;
        size_t got = copy_from_user_partly(to, address + bytes, part);
        size_t length = strnlen(to, got);
        ended = length < got;
        if (!ended && got < part) {
            return -EFAULT;
        }
        bytes += length + ended;
        if (bytes > STRING_BYTES_MAX || !take_room(strings, length + ended)) {
            return -E2BIG;
        }
        strings->text.bytes += length + ended;
    }
    return end_string(strings, bytes);
}

// Adds those of an array of addresses that a NULL ends; *count says how many.
static int add_user_array(struct strings *strings, uintptr_t array, unsigned *count) {
    for (; array != 0; array += sizeof(uint64_t)) {
        uint64_t address;
        if (copy_from_user(&address, array, sizeof address) < 0) {
            return -EFAULT;
        }
        if (address == 0) {
            break;
        }
        if (!take_room(strings, sizeof address)) {
            return -E2BIG;
        }
        int error = add_user_string(strings, address);
        if (error < 0) {
            return error;
        }
        ++*count;
    }
    return 0;
}

int strings_add(struct strings *strings, const char *text, size_t length) {
    if (!take_room(strings, sizeof(uint64_t) + length + 1)) {
        return -E2BIG;
    }
    int error = chain_append(&strings->text, text, length);
    if (error == 0) {
        error = chain_append(&strings->text, "", 1);
    }
    if (error == 0) {
        error = end_string(strings, length + 1);
    }
    strings->argc += error == 0;
    return error;
}

int strings_add_user(struct strings *strings, uintptr_t argv, uintptr_t envp) {
    int error = add_user_array(strings, argv, &strings->argc);
    if (error == 0 && strings->argc == 0) {
        error = strings_add(strings, "", 0);
    }
    return error == 0 ? add_user_array(strings, envp, &strings->envc) : error;
}

int strings_add_rest(struct strings *strings, const struct strings *from, unsigned skipped) {
    size_t offset = 0;
    for (unsigned i = 0; i < skipped; i++) {
        offset += string_bytes(from, i);
    }
    unsigned argc = from->argc - skipped;
    if (!take_room(strings, from->text.bytes - offset + (argc + from->envc) * sizeof(uint64_t))) {
        return -E2BIG;
    }
    strings->argc += argc;
    strings->envc += from->envc;
    int error = chain_append_rest(&strings->text, &from->text, offset);
    return error < 0
               ? error
               : chain_append_rest(&strings->lengths, &from->lengths, skipped * sizeof(uint32_t));
}
