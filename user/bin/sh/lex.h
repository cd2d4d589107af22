// SPDX-License-Identifier: MIT
// From characters to tokens. Words come out as they will be expanded: a list of parts.
#pragma once

#include <stdbool.h>

#include "source.h"
#include "syntax.h"

enum token {
    TOKEN_END,
    TOKEN_NEWLINE,
    TOKEN_WORD,
    TOKEN_FD,         // digits just before < or >
    TOKEN_AND,        // &&
    TOKEN_OR,         // ||
    TOKEN_BACKGROUND, // &
    TOKEN_PIPE,       // |
    TOKEN_SEMICOLON,  // ;
    TOKEN_CASE_END,   // ;;
    TOKEN_OPEN,       // (
    TOKEN_CLOSE,      // )
    TOKEN_LESS,       // <
    TOKEN_GREAT,      // >
    TOKEN_GREAT_BAR,  // >|
    TOKEN_APPEND,     // >>
    TOKEN_READ_WRITE, // <>
    TOKEN_COPY_IN,    // <&
    TOKEN_COPY_OUT,   // >&
    TOKEN_HERE,       // <<
    TOKEN_HERE_TABS,  // <<-
};

enum { DEPTH_LIMIT = 200 };

struct parser {
    struct source *source;
    struct tree *tree;
    struct buffer text; // all characters so far
    bool have_token;    // the next token is known: these are it
    enum token token;
    struct word *word; // of a TOKEN_WORD
    const char *plain; // its text, if nothing in it is quoted or expanded; otherwise NULL
    int token_line;
    size_t token_start; // in `text`
    int depth;          // parentheses, braces and the like around this place
    bool failed;        // a message has been printed; from then on every token is TOKEN_END
    struct redirection *here_documents; // whose text follows the next newline
};

// Looks at the next token without taking it.
enum token parser_peek(struct parser *parser);

// Takes the token that was looked at.
void parser_take(struct parser *parser);

// A syntax error: a message, once, and no more tokens.
void parser_fail(struct parser *parser, const char *pattern, ...)
    __attribute__((format(printf, 2, 3)));

// The same without a message: there has been one.
void parser_stop(struct parser *parser);

// One level deeper; false, and a failure, if that is too deep. Each true one needs a parser_leave.
bool parser_enter(struct parser *parser);
void parser_leave(struct parser *parser);

// Memory of the tree.
void *parser_get(struct parser *parser, size_t bytes);

// The word that consists of the characters of a string: the text of a here-document, in which only
// $, ` and \ mean something.
struct word *lex_here_text(struct parser *parser, const char *text, int line);
