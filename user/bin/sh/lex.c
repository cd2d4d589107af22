// SPDX-License-Identifier: MIT
// Tokens. What words consist of is read in words.c.
#include "lex.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shell.h"
#include "words.h"

int lex_get_raw(struct parser *parser) {
    int c = source_get(parser->source);
    if (c != SOURCE_END) {
        buffer_add(&parser->text, (char)c);
    }
    return c;
}

void lex_unget(struct parser *parser, int c) {
    if (c != SOURCE_END) {
        parser->text.length--;
    }
    source_unget(parser->source, c);
}

int lex_get(struct parser *parser) {
    for (;;) {
        int c = lex_get_raw(parser);
        if (c != '\\') {
            return c;
        }
        int next = lex_get_raw(parser);
        if (next != '\n') {
            lex_unget(parser, next);
            return c;
        }
    }
}

static bool get_if(struct parser *parser, int wanted) {
    int c = lex_get(parser);
    if (c != wanted) {
        lex_unget(parser, c);
    }
    return c == wanted;
}

void parser_fail(struct parser *parser, const char *pattern, ...) {
    if (!parser->failed) {
        char why[200];
        va_list arguments;
        va_start(arguments, pattern);
        vsnprintf(why, sizeof why, pattern, arguments);
        va_end(arguments);
        shell.line = parser->source->line;
        complain("syntax error: %s", why);
    }
    parser_stop(parser);
}

void parser_stop(struct parser *parser) {
    parser->failed = true;
    parser->have_token = true;
    parser->token = TOKEN_END;
    parser->plain = NULL;
}

bool parser_enter(struct parser *parser) {
    if (parser->depth == DEPTH_LIMIT) {
        parser_fail(parser, "too deeply nested");
        return false;
    }
    parser->depth++;
    return true;
}

void parser_leave(struct parser *parser) {
    parser->depth--;
}

void *parser_get(struct parser *parser, size_t bytes) {
    return arena_get(&parser->tree->arena, bytes);
}

// A line of a here-document, without its end. False at the end of the source.
static bool read_line(struct parser *parser, struct redirection *here, struct buffer *line) {
    int c = lex_get_raw(parser);
    while (here->strip_tabs && c == '\t') {
        c = lex_get_raw(parser);
    }
    if (c == SOURCE_END) {
        return false;
    }
    for (; c != '\n' && c != SOURCE_END; c = lex_get_raw(parser)) {
        buffer_add(line, (char)c);
    }
    return true;
}

static void read_here_document(struct parser *parser, struct redirection *here) {
    int first_line = parser->source->line;
    struct buffer text = {.arena = &parser->tree->arena};
    for (;;) {
        struct buffer line = {.arena = &parser->tree->arena};
        if (!read_line(parser, here, &line) || strcmp(buffer_text(&line), here->delimiter) == 0) {
            break;
        }
        buffer_add(&line, '\n');
        buffer_add_text(&text, line.text, line.length);
    }
    if (!here->literal) {
        here->target = lex_here_text(parser, buffer_text(&text), first_line + 1);
        return;
    }
    struct part *part = parser_get(parser, sizeof *part);
    part->text = buffer_text(&text);
    part->quoted = true;
    here->target = parser_get(parser, sizeof *here->target);
    here->target->parts = part;
}

static void read_here_documents(struct parser *parser) {
    struct redirection *here = parser->here_documents;
    parser->here_documents = NULL;
    for (; here != NULL && !parser->failed; here = here->pending) {
        read_here_document(parser, here);
    }
}

static int skip_blanks_and_comment(struct parser *parser) {
    int c = lex_get(parser);
    while (c == ' ' || c == '\t') {
        c = lex_get(parser);
    }
    if (c == '#') {
        while (c != '\n' && c != SOURCE_END) {
            c = lex_get_raw(parser);
        }
    }
    return c;
}

static enum token read_less(struct parser *parser) {
    if (get_if(parser, '<')) {
        return get_if(parser, '-') ? TOKEN_HERE_TABS : TOKEN_HERE;
    }
    return get_if(parser, '&')   ? TOKEN_COPY_IN
           : get_if(parser, '>') ? TOKEN_READ_WRITE
                                 : TOKEN_LESS;
}

static enum token read_great(struct parser *parser) {
    return get_if(parser, '>')   ? TOKEN_APPEND
           : get_if(parser, '&') ? TOKEN_COPY_OUT
           : get_if(parser, '|') ? TOKEN_GREAT_BAR
                                 : TOKEN_GREAT;
}

static bool all_digits(const char *text) {
    return text != NULL && *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static enum token read_word_token(struct parser *parser) {
    parser->word = words_read(parser);
    const struct part *part = parser->word->parts;
    bool plain = part != NULL && part->next == NULL && part->kind == PART_TEXT && !part->quoted;
    parser->plain = plain ? part->text : NULL;
    int c = lex_get(parser);
    lex_unget(parser, c);
    return (c == '<' || c == '>') && all_digits(parser->plain) ? TOKEN_FD : TOKEN_WORD;
}

static enum token read_token(struct parser *parser) {
    int c = skip_blanks_and_comment(parser);
    parser->token_line = parser->source->line;
    parser->token_start = parser->text.length - (c != SOURCE_END);
    parser->plain = NULL;
    switch (c) {
    case SOURCE_END:
        read_here_documents(parser); // there are none: they are empty
        return TOKEN_END;
    case '\n':
        read_here_documents(parser);
        return TOKEN_NEWLINE;
    case ';':
        return get_if(parser, ';') ? TOKEN_CASE_END : TOKEN_SEMICOLON;
    case '&':
        return get_if(parser, '&') ? TOKEN_AND : TOKEN_BACKGROUND;
    case '|':
        return get_if(parser, '|') ? TOKEN_OR : TOKEN_PIPE;
    case '(':
        return TOKEN_OPEN;
    case ')':
        return TOKEN_CLOSE;
    case '<':
        return read_less(parser);
    case '>':
        return read_great(parser);
    default:
        lex_unget(parser, c);
        return read_word_token(parser);
    }
}

enum token parser_peek(struct parser *parser) {
    if (!parser->have_token) {
        enum token token = read_token(parser);
        parser->token = parser->failed ? TOKEN_END : token;
        parser->have_token = true;
    }
    return parser->token;
}

void parser_take(struct parser *parser) {
    parser->have_token = parser->failed;
}
