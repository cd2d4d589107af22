// SPDX-License-Identifier: MIT
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell.h"

enum { ALIGNMENT = 16, CHUNK_BYTES = 4000, BUFFER_BYTES = 32 };

struct chunk {
    struct chunk *before;
    size_t size;
    size_t used;
    char bytes[] __attribute__((aligned(ALIGNMENT)));
};

struct arena scratch;

void *grow_memory(void *memory, size_t bytes) {
    void *grown = realloc(memory, bytes);
    if (grown == NULL) {
        complain("out of memory");
        shell_exit(STATUS_WRONG);
    }
    return grown;
}

void *get_memory(size_t bytes) {
    return grow_memory(NULL, bytes);
}

char *keep_text(const char *text) {
    size_t bytes = strlen(text) + 1;
    return memcpy(get_memory(bytes), text, bytes);
}

static void add_chunk(struct arena *arena, size_t bytes) {
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct chunk *chunk = get_memory(sizeof *chunk + size);
    chunk->before = arena->last;
    chunk->size = size;
    chunk->used = 0;
    arena->last = chunk;
}

void *arena_get(struct arena *arena, size_t bytes) {
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (arena->last == NULL || arena->last->size - arena->last->used < bytes) {
        add_chunk(arena, bytes);
    }
    void *memory = arena->last->bytes + arena->last->used;
    arena->last->used += bytes;
    return memset(memory, 0, bytes);
}

char *arena_copy(struct arena *arena, const char *text, size_t length) {
    char *copy = arena_get(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

struct mark arena_mark(const struct arena *arena) {
    return (struct mark){arena->last, arena->last != NULL ? arena->last->used : 0};
}

void arena_release(struct arena *arena, struct mark mark) {
    while (arena->last != mark.chunk) {
        struct chunk *chunk = arena->last;
        arena->last = chunk->before;
        free(chunk);
    }
    if (mark.chunk != NULL) {
        mark.chunk->used = mark.used;
    }
}

void arena_clear(struct arena *arena) {
    arena_release(arena, (struct mark){NULL, 0});
}

void buffer_add(struct buffer *buffer, char c) {
    buffer_add_text(buffer, &c, 1);
}

void buffer_add_text(struct buffer *buffer, const char *text, size_t length) {
    if (buffer->room - buffer->length <= length) { // one more, for the NUL
        size_t room = (buffer->room + length) * 2 + BUFFER_BYTES;
        char *bigger = arena_get(buffer->arena, room);
        if (buffer->length > 0) {
            memcpy(bigger, buffer->text, buffer->length);
        }
        buffer->text = bigger;
        buffer->room = room;
    }
    memcpy(buffer->text + buffer->length, text, length);
    buffer->length += length;
}

char *buffer_text(struct buffer *buffer) {
    buffer_add(buffer, '\0');
    buffer->length--;
    return buffer->text;
}
