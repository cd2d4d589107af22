// SPDX-License-Identifier: MIT
// Where the characters of commands come from: a file, a terminal, or a string.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { SOURCE_END = -1, SOURCE_PUSHED = 3, SOURCE_BYTES = 256 };

struct source {
    const char *name; // for messages
    int line;         // of the next character, from 1 on
    int fd;           // -1: a string
    const char *text; // what is left of the string
    bool one_by_one;  // what follows the line is for the commands in it: nothing is read ahead
    bool prompting;   // somebody types
    bool new_command; // the next prompt is PS1, not PS2
    int last;         // the last character that was read
    int pushed[SOURCE_PUSHED];
    int pushed_count;
    size_t next; // [next, end) of `ahead` has been read and not been taken
    size_t end;
    char ahead[SOURCE_BYTES];
};

// A source of a string's characters; the string must outlive it.
struct source source_of_text(const char *text, const char *name, int line);

// The next character, or SOURCE_END. NULs are left out.
int source_get(struct source *source);

// Puts back what source_get has just returned; up to SOURCE_PUSHED of them.
void source_unget(struct source *source, int c);

// Throws away what is left of the line after a mistake in it.
void source_skip_line(struct source *source);
