// SPDX-License-Identifier: MIT
// For kernel tests of what a program is started with: strings that tell which they are, collected
// from the memory of a program as execve does it.
#pragma once

#include <stddef.h>

#include "task/strings.h"

#define LONG_STRING (STRING_BYTES_MAX - 1)

// So many strings, none of them longer than `longest`; all are, if that is LONG_STRING.
struct words {
    unsigned argc, envc;
    size_t longest;
};

// How long string `number` is, without its NUL; argv's come first. Some are empty.
size_t word_length(const struct words *words, unsigned number);

// Stores `bytes` of a string at `to`, from byte `from` on; NUL behind its end, which is at
// `length`.
void word_part(char *to, unsigned number, size_t from, size_t bytes, size_t length);

// All of them; the caller destroys them. NULL when out of memory. For kernel threads: uses the
// current task's memory meanwhile.
struct strings *words_collect(const struct words *words);
