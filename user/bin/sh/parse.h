// SPDX-License-Identifier: MIT
// From tokens to trees, by the grammar of POSIX, XCU 2.10. One function for each rule.
#pragma once

#include "lex.h"

enum parsed { PARSED_LINE, PARSED_END, PARSED_WRONG };

// Reads a line, or as many as the commands in it need. PARSED_END: the source has ended, perhaps
// behind a last line. PARSED_WRONG: a syntax error, and a message.
enum parsed parse_line(struct source *source, struct tree *tree);

// What follows "$(", up to the closing parenthesis; and what stands between ` and `. NULL if there
// is nothing, or after a syntax error.
struct node *parse_substitution(struct parser *parser);
struct node *parse_backquoted(struct parser *parser, const char *text);

// For the parts of the parser:

// Commands up to something that can only end them: ")", ";;", "fi" and so on. NULL, and a syntax
// error, if there are none, unless `may_be_empty`.
struct node *parse_list(struct parser *parser, bool may_be_empty);

// if, while, until, for, case, { }, ( ). NULL if the next token begins none of them.
struct node *parse_compound(struct parser *parser);

struct node *parse_new_node(struct parser *parser, enum node_kind kind);
void parse_skip_newlines(struct parser *parser);

// True if the next token is this very word, unquoted.
bool parse_at_word(struct parser *parser, const char *text);

// Takes this word, or fails.
void parse_expect_word(struct parser *parser, const char *text);

// The next token does not belong here.
void parse_unexpected(struct parser *parser);
