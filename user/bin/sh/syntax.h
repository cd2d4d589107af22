// SPDX-License-Identifier: MIT
// What a command line consists of, once it has been read: the tree that the parser makes and `run`
// executes. Nothing in it is expanded yet.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "memory.h"

struct node;
struct word;

enum part_kind {
    PART_TEXT,       // text
    PART_VARIABLE,   // $name, ${name}, ${name:-operand} ...
    PART_COMMAND,    // $(command)
    PART_ARITHMETIC, // $((operand))
};

// A piece of a word. `quoted`: it stands in quotes, so it is neither split nor a pattern.
struct part {
    enum part_kind kind;
    bool quoted;
    bool colon;           // VARIABLE: the operator has a colon: null is as good as unset
    bool longest;         // VARIABLE: %% or ##
    char op;              // VARIABLE: one of - = ? + % #, 'l' for the length, 0 for none
    const char *text;     // TEXT; VARIABLE: its name
    struct word *operand; // VARIABLE, ARITHMETIC
    struct node *command; // COMMAND; NULL: nothing in the parentheses
    struct part *next;
};

struct word {
    struct part *parts;
    struct word *next; // in a list of words
};

enum redirection_kind {
    REDIRECT_READ,       // <
    REDIRECT_WRITE,      // > and >|
    REDIRECT_APPEND,     // >>
    REDIRECT_READ_WRITE, // <>
    REDIRECT_COPY,       // <& and >&
    REDIRECT_HERE,       // << and <<-
};

struct redirection {
    enum redirection_kind kind;
    int fd;
    bool strip_tabs;             // HERE: <<-
    bool literal;                // HERE: the delimiter was quoted
    char *delimiter;             // HERE
    struct word *target;         // HERE: the text itself
    struct redirection *pending; // the next one whose text is still to be read
    struct redirection *next;
};

struct assignment {
    const char *name;
    struct word *value;
    struct assignment *next;
};

struct case_item {
    struct word *patterns;
    struct node *body; // NULL: nothing
    struct case_item *next;
};

enum node_kind {
    NODE_SIMPLE,     // assignments, words, redirections
    NODE_PIPELINE,   // left | left->next | ...
    NODE_NOT,        // ! left
    NODE_AND,        // left && right
    NODE_OR,         // left || right
    NODE_SEQUENCE,   // left; right
    NODE_BACKGROUND, // left &
    NODE_SUBSHELL,   // (left)
    NODE_GROUP,      // { left; }
    NODE_IF,         // if left; then right; else other; fi
    NODE_WHILE,      // while left; do right; done
    NODE_UNTIL,      // until left; do right; done
    NODE_FOR,        // for name in words; do right; done
    NODE_CASE,       // case words in items esac
    NODE_FUNCTION,   // name() left
};

struct node {
    enum node_kind kind;
    int line;
    size_t text_start; // where it is in the text of the tree
    size_t text_length;
    struct node *left;
    struct node *right;
    struct node *other;
    struct node *next;
    const char *name;
    struct word *words;
    bool all_parameters; // FOR without "in": over "$@"
    struct assignment *assignments;
    struct redirection *redirections; // of any command
    struct case_item *items;
};

// A command line, with all that belongs to it. A function keeps the tree that it was defined in.
struct tree {
    struct arena arena;
    int holders;
    struct node *root; // NULL: an empty line
    char *text;        // the line itself, for messages about jobs
};

struct tree *tree_create(void); // held once
struct tree *tree_get(struct tree *tree);
void tree_put(struct tree *tree); // NULL is allowed
