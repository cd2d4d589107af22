// SPDX-License-Identifier: MIT
// What words stand for: XCU 2.6. Everything that comes out is in `scratch`. After a failure
// (shell.unwind) it is some text, and nobody may act on it.
#pragma once

#include <stddef.h>

#include "syntax.h"

struct fields {
    char **items; // ended by NULL
    size_t count;
    size_t room;
};

void fields_add(struct fields *fields, char *text);

// All expansions, each word to any number of fields.
struct fields expand_words(const struct word *words);

// One word to one text: nothing is split, nothing is a pattern.
char *expand_text(const struct word *word);

// One word to one pattern (pattern.h).
char *expand_pattern(const struct word *word);

// The result of an arithmetic expression, or a failure.
long arithmetic(const char *expression);

// What a command prints, without the newlines at its end. NULL if it could not be started.
char *expand_command(const struct node *command);

// A number as text.
char *number_text(long number);

// The value of a parameter or variable; NULL: it is not set. $@ and $* are one text here.
const char *parameter_value(const char *name);
