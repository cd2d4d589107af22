// SPDX-License-Identifier: MIT
// Compound commands: XCU 2.9.4.
#include <string.h>

#include "parse.h"
#include "variables.h"

// Takes the word or token that the node begins with.
static struct node *begin(struct parser *parser, enum node_kind kind) {
    struct node *node = parse_new_node(parser, kind);
    parser_take(parser);
    return node;
}

static struct node *parse_subshell(struct parser *parser) {
    struct node *node = begin(parser, NODE_SUBSHELL);
    node->left = parse_list(parser, false);
    if (parser_peek(parser) != TOKEN_CLOSE) {
        parse_unexpected(parser);
    }
    parser_take(parser);
    return node;
}

static struct node *parse_group(struct parser *parser) {
    struct node *node = begin(parser, NODE_GROUP);
    node->left = parse_list(parser, false);
    parse_expect_word(parser, "}");
    return node;
}

// Begins with "if" or "elif"; each of them is a node, the next one is the other side of the one
// before.
static struct node *parse_if(struct parser *parser) {
    struct node *first = NULL;
    struct node **link = &first;
    bool more = true;
    while (more) {
        struct node *node = begin(parser, NODE_IF);
        *link = node;
        link = &node->other;
        node->left = parse_list(parser, false);
        parse_expect_word(parser, "then");
        node->right = parse_list(parser, false);
        more = parse_at_word(parser, "elif");
    }
    if (parse_at_word(parser, "else")) {
        parser_take(parser);
        *link = parse_list(parser, false);
    }
    parse_expect_word(parser, "fi");
    return first;
}

static struct node *parse_do(struct parser *parser) {
    parse_expect_word(parser, "do");
    struct node *body = parse_list(parser, false);
    parse_expect_word(parser, "done");
    return body;
}

static struct node *parse_while(struct parser *parser, enum node_kind kind) {
    struct node *node = begin(parser, kind);
    node->left = parse_list(parser, false);
    node->right = parse_do(parser);
    return node;
}

static struct word *parse_words(struct parser *parser) {
    struct word *words = NULL;
    struct word **end = &words;
    while (parser_peek(parser) == TOKEN_WORD) {
        *end = parser->word;
        end = &(*end)->next;
        parser_take(parser);
    }
    return words;
}

static struct node *parse_for(struct parser *parser) {
    struct node *node = begin(parser, NODE_FOR);
    if (parser_peek(parser) != TOKEN_WORD || parser->plain == NULL ||
        !is_name(parser->plain, strlen(parser->plain))) {
        parse_unexpected(parser);
        return node;
    }
    node->name = parser->plain;
    parser_take(parser);
    bool semicolon = parser_peek(parser) == TOKEN_SEMICOLON;
    if (semicolon) {
        parser_take(parser);
    }
    parse_skip_newlines(parser);
    node->all_parameters = semicolon || !parse_at_word(parser, "in");
    if (!node->all_parameters) {
        parser_take(parser);
        node->words = parse_words(parser);
        if (parser_peek(parser) == TOKEN_SEMICOLON) {
            parser_take(parser);
        } else if (parser_peek(parser) != TOKEN_NEWLINE) {
            parse_unexpected(parser);
        }
        parse_skip_newlines(parser);
    }
    node->right = parse_do(parser);
    return node;
}

// [(] PATTERN { | PATTERN } ) [list]
static struct case_item *parse_case_item(struct parser *parser) {
    struct case_item *item = parser_get(parser, sizeof *item);
    struct word **end = &item->patterns;
    if (parser_peek(parser) == TOKEN_OPEN) {
        parser_take(parser);
    }
    for (;;) {
        if (parser_peek(parser) != TOKEN_WORD) {
            parse_unexpected(parser);
            return item;
        }
        *end = parser->word;
        end = &(*end)->next;
        parser_take(parser);
        if (parser_peek(parser) != TOKEN_PIPE) {
            break;
        }
        parser_take(parser);
    }
    if (parser_peek(parser) != TOKEN_CLOSE) {
        parse_unexpected(parser);
    }
    parser_take(parser);
    item->body = parse_list(parser, true);
    return item;
}

static struct node *parse_case(struct parser *parser) {
    struct node *node = begin(parser, NODE_CASE);
    if (parser_peek(parser) != TOKEN_WORD) {
        parse_unexpected(parser);
        return node;
    }
    node->words = parser->word;
    parser_take(parser);
    parse_skip_newlines(parser);
    parse_expect_word(parser, "in");
    parse_skip_newlines(parser);
    struct case_item **end = &node->items;
    while (!parser->failed && !parse_at_word(parser, "esac")) {
        *end = parse_case_item(parser);
        end = &(*end)->next;
        if (parser_peek(parser) != TOKEN_CASE_END) {
            break;
        }
        parser_take(parser);
        parse_skip_newlines(parser);
    }
    parse_expect_word(parser, "esac");
    return node;
}

struct node *parse_compound(struct parser *parser) {
    if (parser_peek(parser) == TOKEN_OPEN) {
        return parse_subshell(parser);
    }
    if (parse_at_word(parser, "{")) {
        return parse_group(parser);
    }
    if (parse_at_word(parser, "if")) {
        return parse_if(parser);
    }
    if (parse_at_word(parser, "while")) {
        return parse_while(parser, NODE_WHILE);
    }
    if (parse_at_word(parser, "until")) {
        return parse_while(parser, NODE_UNTIL);
    }
    if (parse_at_word(parser, "for")) {
        return parse_for(parser);
    }
    return parse_at_word(parser, "case") ? parse_case(parser) : NULL;
}
