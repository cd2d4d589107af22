// SPDX-License-Identifier: MIT
// Memory that is given back all at once. A command line's tree lives in an arena of its own; what
// comes and goes while commands run lives in `scratch`, which each command leaves as it found it.
// So nobody frees a single string, and a shell that runs for a year does not grow.
#pragma once

#include <stddef.h>

struct chunk;

struct arena {
    struct chunk *last; // the chunks are a list, the newest first
};

struct mark {
    struct chunk *chunk;
    size_t used;
};

extern struct arena scratch;

// Zeroed memory for anything. Never NULL: a shell without memory says so and ends.
void *arena_get(struct arena *arena, size_t bytes);

// A copy with a NUL behind it.
char *arena_copy(struct arena *arena, const char *text, size_t length);

// Where the arena is now; release gives back all that it handed out since.
struct mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct mark mark);

// Gives back everything.
void arena_clear(struct arena *arena);

// A string that grows in an arena. Begins as {.arena = ...}.
struct buffer {
    struct arena *arena;
    char *text;
    size_t length;
    size_t room;
};

void buffer_add(struct buffer *buffer, char c);
void buffer_add_text(struct buffer *buffer, const char *text, size_t length);

// The string, with a NUL behind it; more may be added afterwards.
char *buffer_text(struct buffer *buffer);

// Memory that outlives commands, from malloc. Never NULL either; the caller frees it.
void *get_memory(size_t bytes);
void *grow_memory(void *memory, size_t bytes);
char *keep_text(const char *text);
