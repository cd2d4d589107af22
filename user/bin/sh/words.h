// SPDX-License-Identifier: MIT
// Reading words: quotes, and what begins with a dollar sign. Shared by lex.c and words.c.
#pragma once

#include "lex.h"

// The next character as it stands; and the next one after backslash-newline pairs have been left
// out.
int lex_get_raw(struct parser *parser);
int lex_get(struct parser *parser);
void lex_unget(struct parser *parser, int c);

// The word that begins with the next character, which is no blank and no operator.
struct word *words_read(struct parser *parser);
