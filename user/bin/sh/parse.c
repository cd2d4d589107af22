// SPDX-License-Identifier: MIT
#include "parse.h"

#include <string.h>

#include "shell.h"
#include "variables.h"

struct node *parse_new_node(struct parser *parser, enum node_kind kind) {
    parser_peek(parser);
    struct node *node = parser_get(parser, sizeof *node);
    node->kind = kind;
    node->line = parser->token_line;
    node->text_start = parser->token_start;
    return node;
}

// The node's text ends where the next token begins.
static void end_node(struct parser *parser, struct node *node) {
    size_t end = parser->have_token ? parser->token_start : parser->text.length;
    node->text_length = end > node->text_start ? end - node->text_start : 0;
}

void parse_unexpected(struct parser *parser) {
    static const char *const names[] = {
        [TOKEN_END] = "the end",   [TOKEN_NEWLINE] = "the end of the line",
        [TOKEN_WORD] = "a word",   [TOKEN_FD] = "a number",
        [TOKEN_AND] = "&&",        [TOKEN_OR] = "||",
        [TOKEN_BACKGROUND] = "&",  [TOKEN_PIPE] = "|",
        [TOKEN_SEMICOLON] = ";",   [TOKEN_CASE_END] = ";;",
        [TOKEN_OPEN] = "(",        [TOKEN_CLOSE] = ")",
        [TOKEN_LESS] = "<",        [TOKEN_GREAT] = ">",
        [TOKEN_GREAT_BAR] = ">|",  [TOKEN_APPEND] = ">>",
        [TOKEN_READ_WRITE] = "<>", [TOKEN_COPY_IN] = "<&",
        [TOKEN_COPY_OUT] = ">&",   [TOKEN_HERE] = "<<",
        [TOKEN_HERE_TABS] = "<<-",
    };
    enum token token = parser_peek(parser);
    bool word = token == TOKEN_WORD && parser->plain != NULL;
    parser_fail(parser, "%s is not expected here", word ? parser->plain : names[token]);
}

bool parse_at_word(struct parser *parser, const char *text) {
    return parser_peek(parser) == TOKEN_WORD && parser->plain != NULL &&
           strcmp(parser->plain, text) == 0;
}

void parse_expect_word(struct parser *parser, const char *text) {
    if (parse_at_word(parser, text)) {
        parser_take(parser);
    } else {
        parse_unexpected(parser);
    }
}

void parse_skip_newlines(struct parser *parser) {
    while (parser_peek(parser) == TOKEN_NEWLINE) {
        parser_take(parser);
    }
}

// ---- Redirections -------------------------------------------------------------------------------

static bool at_redirection(struct parser *parser) {
    enum token token = parser_peek(parser);
    return token == TOKEN_FD || token >= TOKEN_LESS;
}

static enum redirection_kind redirection_kind(enum token token) {
    switch (token) {
    case TOKEN_LESS:
        return REDIRECT_READ;
    case TOKEN_APPEND:
        return REDIRECT_APPEND;
    case TOKEN_READ_WRITE:
        return REDIRECT_READ_WRITE;
    case TOKEN_COPY_IN:
    case TOKEN_COPY_OUT:
        return REDIRECT_COPY;
    case TOKEN_HERE:
    case TOKEN_HERE_TABS:
        return REDIRECT_HERE;
    default:
        return REDIRECT_WRITE;
    }
}

// The word behind << or <<-: its text comes when the line has ended.
static void begin_here_document(struct parser *parser, struct redirection *here) {
    struct buffer delimiter = {.arena = &parser->tree->arena};
    for (const struct part *part = parser->word->parts; part != NULL; part = part->next) {
        if (part->kind != PART_TEXT) {
            parser_fail(parser, "nothing is expanded in the word after <<");
            return;
        }
        here->literal = here->literal || part->quoted;
        buffer_add_text(&delimiter, part->text, strlen(part->text));
    }
    here->delimiter = buffer_text(&delimiter);
    struct redirection **end = &parser->here_documents;
    while (*end != NULL) {
        end = &(*end)->pending;
    }
    *end = here;
}

static int small_number(const char *digits) {
    int number = 0;
    for (; *digits != '\0' && number < 100000; digits++) {
        number = number * 10 + (*digits - '0');
    }
    return number;
}

static struct redirection *parse_redirection(struct parser *parser) {
    struct redirection *redirection = parser_get(parser, sizeof *redirection);
    redirection->fd = -1;
    if (parser_peek(parser) == TOKEN_FD) {
        redirection->fd = small_number(parser->plain);
        parser_take(parser);
    }
    enum token token = parser_peek(parser);
    redirection->kind = redirection_kind(token);
    redirection->strip_tabs = token == TOKEN_HERE_TABS;
    if (redirection->fd < 0) {
        bool input = token == TOKEN_LESS || token == TOKEN_READ_WRITE || token == TOKEN_COPY_IN ||
                     redirection->kind == REDIRECT_HERE;
        redirection->fd = input ? 0 : 1;
    }
    parser_take(parser);
    if (parser_peek(parser) != TOKEN_WORD) {
        parse_unexpected(parser);
        return redirection;
    }
    redirection->target = parser->word;
    if (redirection->kind == REDIRECT_HERE) {
        begin_here_document(parser, redirection);
    }
    parser_take(parser);
    return redirection;
}

static void parse_redirections(struct parser *parser, struct node *node) {
    struct redirection **end = &node->redirections;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    while (at_redirection(parser)) {
        *end = parse_redirection(parser);
        end = &(*end)->next;
    }
}

// ---- Simple commands ----------------------------------------------------------------------------

// Takes the next token if it is NAME=VALUE.
static struct assignment *parse_assignment(struct parser *parser) {
    struct part *part = parser->word->parts;
    const char *equals = NULL;
    if (part != NULL && part->kind == PART_TEXT && !part->quoted) {
        equals = strchr(part->text, '=');
    }
    if (equals == NULL || !is_name(part->text, (size_t)(equals - part->text))) {
        return NULL;
    }
    struct assignment *assignment = parser_get(parser, sizeof *assignment);
    assignment->name = arena_copy(&parser->tree->arena, part->text, (size_t)(equals - part->text));
    assignment->value = parser->word;
    part->text = (char *)equals + 1;
    if (*part->text == '\0') {
        parser->word->parts = part->next;
    }
    parser_take(parser);
    return assignment;
}

// NAME has been read, and "(" is next.
static struct node *parse_function(struct parser *parser, struct node *node) {
    const struct part *part = node->words->parts;
    bool right = part != NULL && part->kind == PART_TEXT && !part->quoted && part->next == NULL &&
                 is_name(part->text, strlen(part->text));
    parser_take(parser);
    if (!right || parser_peek(parser) != TOKEN_CLOSE) {
        parse_unexpected(parser);
        return node;
    }
    parser_take(parser);
    parse_skip_newlines(parser);
    node->kind = NODE_FUNCTION;
    node->name = part->text;
    node->words = NULL;
    node->left = parse_compound(parser);
    if (node->left == NULL) {
        parse_unexpected(parser);
        return node;
    }
    parse_redirections(parser, node->left);
    return node;
}

static struct node *parse_simple(struct parser *parser) {
    struct node *node = parse_new_node(parser, NODE_SIMPLE);
    struct word **words = &node->words;
    struct assignment **assignments = &node->assignments;
    for (;;) {
        parse_redirections(parser, node);
        enum token token = parser_peek(parser);
        if (token == TOKEN_OPEN && node->words != NULL && node->words->next == NULL &&
            node->assignments == NULL && node->redirections == NULL) {
            return parse_function(parser, node);
        }
        if (token != TOKEN_WORD || parser->word == NULL) {
            break;
        }
        if (node->words == NULL && (*assignments = parse_assignment(parser)) != NULL) {
            assignments = &(*assignments)->next;
            continue;
        }
        *words = parser->word;
        words = &(*words)->next;
        parser_take(parser);
    }
    if (node->words == NULL && node->assignments == NULL && node->redirections == NULL) {
        parse_unexpected(parser);
    }
    return node;
}

// ---- Pipelines and lists ------------------------------------------------------------------------

// Words that can only go on with, or end, something that has begun.
static bool at_closing_word(struct parser *parser) {
    static const char *const words[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (parse_at_word(parser, words[i])) {
            return true;
        }
    }
    return false;
}

static struct node *parse_command(struct parser *parser) {
    if (at_closing_word(parser)) {
        parse_unexpected(parser);
    }
    if (!parser_enter(parser)) {
        return parse_new_node(parser, NODE_SIMPLE);
    }
    struct node *node = parse_compound(parser);
    if (node != NULL) {
        parse_redirections(parser, node);
    } else {
        node = parse_simple(parser);
    }
    end_node(parser, node);
    parser_leave(parser);
    return node;
}

static struct node *parse_pipeline(struct parser *parser) {
    struct node *not = NULL;
    if (parse_at_word(parser, "!")) {
        not = parse_new_node(parser, NODE_NOT);
        parser_take(parser);
        if (parse_at_word(parser, "!")) {
            parse_unexpected(parser);
        }
    }
    struct node *node = parse_command(parser);
    if (parser_peek(parser) == TOKEN_PIPE) {
        struct node *pipeline = parser_get(parser, sizeof *pipeline);
        *pipeline = (struct node){.kind = NODE_PIPELINE,
                                  .line = node->line,
                                  .text_start = node->text_start,
                                  .left = node};
        struct node *last = node;
        while (parser_peek(parser) == TOKEN_PIPE) {
            parser_take(parser);
            parse_skip_newlines(parser);
            last->next = parse_command(parser);
            last = last->next;
        }
        end_node(parser, pipeline);
        node = pipeline;
    }
    if (not != NULL) {
        not ->left = node;
        node = not ;
    }
    return node;
}

static struct node *parse_and_or(struct parser *parser) {
    struct node *node = parse_pipeline(parser);
    while (parser_peek(parser) == TOKEN_AND || parser_peek(parser) == TOKEN_OR) {
        struct node *both = parser_get(parser, sizeof *both);
        *both = (struct node){.kind = parser_peek(parser) == TOKEN_AND ? NODE_AND : NODE_OR,
                              .line = node->line,
                              .text_start = node->text_start,
                              .left = node};
        parser_take(parser);
        parse_skip_newlines(parser);
        both->right = parse_pipeline(parser);
        node = both;
    }
    end_node(parser, node);
    return node;
}

// An and-or list with the "&" that may follow it. A ";" is taken, too. *more: another one may
// follow.
static struct node *parse_item(struct parser *parser, bool *more) {
    struct node *node = parse_and_or(parser);
    enum token token = parser_peek(parser);
    if (token == TOKEN_BACKGROUND) {
        struct node *background = parser_get(parser, sizeof *background);
        *background = *node;
        background->kind = NODE_BACKGROUND;
        background->left = node;
        background->redirections = NULL;
        node = background;
    }
    *more = token == TOKEN_BACKGROUND || token == TOKEN_SEMICOLON;
    if (*more) {
        parser_take(parser);
    }
    return node;
}

// Puts `node` behind what there is; *last is where the next one goes.
static void append(struct parser *parser, struct node ***last, struct node *node) {
    if (**last == NULL) {
        **last = node;
        return;
    }
    struct node *sequence = parser_get(parser, sizeof *sequence);
    *sequence = (struct node){.kind = NODE_SEQUENCE, .line = node->line, .left = **last};
    sequence->right = node;
    **last = sequence;
    *last = &sequence->right;
}

static bool at_list_end(struct parser *parser) {
    enum token token = parser_peek(parser);
    return token == TOKEN_END || token == TOKEN_CLOSE || token == TOKEN_CASE_END ||
           at_closing_word(parser);
}

struct node *parse_list(struct parser *parser, bool may_be_empty) {
    struct node *list = NULL;
    struct node **last = &list;
    bool more = true;
    parse_skip_newlines(parser);
    while (more && !at_list_end(parser)) {
        append(parser, &last, parse_item(parser, &more));
        more = more || parser_peek(parser) == TOKEN_NEWLINE;
        parse_skip_newlines(parser);
    }
    if (list == NULL && !may_be_empty) {
        parse_unexpected(parser);
    }
    return list;
}

// ---- From outside -------------------------------------------------------------------------------

struct node *parse_substitution(struct parser *parser) {
    struct node *node = NULL;
    size_t token_start = parser->token_start;
    int token_line = parser->token_line;
    if (parser_enter(parser)) {
        node = parse_list(parser, true);
        if (parser_peek(parser) != TOKEN_CLOSE) {
            parse_unexpected(parser);
        }
        parser_take(parser);
        parser_leave(parser);
    }
    parser->token_start = token_start;
    parser->token_line = token_line;
    return node;
}

struct node *parse_backquoted(struct parser *parser, const char *text) {
    struct source source = source_of_text(text, parser->source->name, parser->source->line);
    struct parser inner = {.source = &source,
                           .tree = parser->tree,
                           .depth = parser->depth,
                           .text = {.arena = &parser->tree->arena}};
    struct node *node = NULL;
    if (parser_enter(&inner)) {
        node = parse_list(&inner, true);
        if (!inner.failed && parser_peek(&inner) != TOKEN_END) {
            parse_unexpected(&inner);
        }
    }
    if (inner.failed) {
        parser_stop(parser);
    }
    return node;
}

enum parsed parse_line(struct source *source, struct tree *tree) {
    struct parser parser = {.source = source, .tree = tree, .text = {.arena = &tree->arena}};
    struct node **last = &tree->root;
    bool more = true;
    source->new_command = true;
    while (more && parser_peek(&parser) != TOKEN_NEWLINE && parser_peek(&parser) != TOKEN_END) {
        append(&parser, &last, parse_item(&parser, &more));
    }
    enum token token = parser_peek(&parser);
    if (!parser.failed && token != TOKEN_NEWLINE && token != TOKEN_END) {
        parse_unexpected(&parser);
    }
    tree->text = buffer_text(&parser.text);
    return parser.failed ? PARSED_WRONG : token == TOKEN_END ? PARSED_END : PARSED_LINE;
}
