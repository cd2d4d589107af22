// SPDX-License-Identifier: MIT
// $((...)): the operators of C on long integers, XCU 2.6.4. What is left out by && || ?: is still
// read, but changes nothing.
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "shell.h"
#include "variables.h"

enum { ARITHMETIC_DEPTH = 100 };

struct reader {
    const char *at;
    bool skipping;
    int depth;
};

// Binary operators, with C's precedence; a longer one comes before one that is its beginning.
static const struct operator{
    char text[3];
    int precedence;
}
operators[] = {
    {"||", 1}, {"&&", 2}, {"==", 6}, {"!=", 6}, {"<<", 8}, {">>", 8},
    {"<=", 7}, {">=", 7}, {"|", 3},  {"^", 4},  {"&", 5},  {"<", 7},
    {">", 7},  {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10},
};

static long read_assignment(struct reader *reader);

static void wrong(struct reader *reader, const char *why) {
    if (shell.unwind == UNWIND_NONE) {
        fail("arithmetic: %s: '%s'", why, reader->at);
    }
    reader->at = "";
}

static void skip_blanks(struct reader *reader) {
    reader->at += strspn(reader->at, " \t\n");
}

static bool take(struct reader *reader, const char *text) {
    skip_blanks(reader);
    size_t length = strlen(text);
    bool there = strncmp(reader->at, text, length) == 0;
    reader->at += there ? length : 0;
    return there;
}

static long number(struct reader *reader, const char *text) {
    char *end;
    long value = strtol(text, &end, 0);
    if (*end != '\0') {
        wrong(reader, "not a number");
    }
    return value;
}

// Overflow wraps around, as it does in the processor.
static long apply(struct reader *reader, const char *operator, long a, long b) {
    unsigned long x = (unsigned long)a;
    unsigned long y = (unsigned long)b;
    switch (operator[0] << 8 | operator[1]) {
    case '+' << 8:
        return (long)(x + y);
    case '-' << 8:
        return (long)(x - y);
    case '*' << 8:
        return (long)(x * y);
    case '/' << 8:
    case '%' << 8:
        if (b == 0 && !reader->skipping) {
            wrong(reader, "division by zero");
        }
        if (b == 0 || b == -1) { // LONG_MIN / -1 would overflow
            return b == 0 || operator[0] == '%' ? 0 : (long)-x;
        }
        return operator[0] == '/' ? a / b : a % b;
    case '|' << 8:
        return a | b;
    case '^' << 8:
        return a ^ b;
    case '&' << 8:
        return a & b;
    case '<' << 8 | '<':
        return (long)(x << (y & 63));
    case '>' << 8 | '>':
        return a >> (y & 63);
    case '<' << 8:
        return a < b;
    case '>' << 8:
        return a > b;
    case '<' << 8 | '=':
        return a <= b;
    case '>' << 8 | '=':
        return a >= b;
    case '=' << 8 | '=':
        return a == b;
    case '!' << 8 | '=':
        return a != b;
    case '&' << 8 | '&':
        return a != 0 && b != 0;
    default:
        return a != 0 || b != 0;
    }
}

// Each function that calls itself, over some others, begins with this, and ends with
// reader->depth--.
static bool enter(struct reader *reader) {
    if (reader->depth == ARITHMETIC_DEPTH) {
        wrong(reader, "too deeply nested");
        return false;
    }
    reader->depth++;
    return true;
}

// A variable: its value, or an assignment to it.
static long read_variable(struct reader *reader) {
    size_t length = 0;
    while (is_name_character((unsigned char)reader->at[length])) {
        length++;
    }
    char *name = arena_copy(&scratch, reader->at, length);
    reader->at += length;
    skip_blanks(reader);
    const char *value = variable_get(name);
    long old = value == NULL || *value == '\0' ? 0 : number(reader, value);
    char operator[3] = "";
    const char *at = reader->at;
    size_t width = *at != '\0' && strchr("+-*/%&|^", *at) != NULL           ? 1
                   : strncmp(at, "<<", 2) == 0 || strncmp(at, ">>", 2) == 0 ? 2
                                                                            : 0;
    if (at[width] != '=' || (width == 0 && at[1] == '=')) {
        return old;
    }
    memcpy(operator, at, width);
    reader->at += width + 1;
    long result = read_assignment(reader);
    result = width > 0 ? apply(reader, operator, old, result) : result;
    if (!reader->skipping && shell.unwind == UNWIND_NONE) {
        char text[24];
        snprintf(text, sizeof text, "%ld", result);
        variable_set(name, text);
    }
    return result;
}

static long read_unary(struct reader *reader) {
    long value = 0;
    if (!enter(reader)) {
        return 0;
    }
    skip_blanks(reader);
    if (take(reader, "(")) {
        value = read_assignment(reader);
        if (!take(reader, ")")) {
            wrong(reader, ") is missing");
        }
    } else if (take(reader, "-")) {
        value = (long)-(unsigned long)read_unary(reader);
    } else if (take(reader, "+")) {
        value = read_unary(reader);
    } else if (take(reader, "~")) {
        value = ~read_unary(reader);
    } else if (take(reader, "!")) {
        value = read_unary(reader) == 0;
    } else if (isdigit((unsigned char)*reader->at)) {
        size_t length = 0;
        while (is_name_character((unsigned char)reader->at[length])) {
            length++;
        }
        value = number(reader, arena_copy(&scratch, reader->at, length));
        reader->at += *reader->at != '\0' ? length : 0;
    } else if (is_name_character((unsigned char)*reader->at)) {
        value = read_variable(reader);
    } else {
        wrong(reader, "an operand is missing");
    }
    reader->depth--;
    return value;
}

static const struct operator* next_operator(struct reader *reader) {
    skip_blanks(reader);
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (strncmp(reader->at, operators[i].text, strlen(operators[i].text)) == 0) {
            return &operators[i];
        }
    }
    return NULL;
}

static long read_binary(struct reader *reader, int precedence) {
    long left = read_unary(reader);
    const struct operator* operator;
    while ((operator= next_operator(reader)) != NULL && operator->precedence >= precedence) {
        reader->at += strlen(operator->text);
        bool skipping = reader->skipping;
        reader->skipping = skipping || (operator->precedence == 1 && left != 0) ||
                           (operator->precedence == 2 && left == 0);
        long right = read_binary(reader, operator->precedence + 1);
        reader->skipping = skipping;
        left = apply(reader, operator->text, left, right);
    }
    return left;
}

// The level of "?:"; assignments are found where their variable is.
static long read_assignment(struct reader *reader) {
    if (!enter(reader)) {
        return 0;
    }
    long value = read_binary(reader, 1);
    if (take(reader, "?")) {
        bool condition = value != 0;
        bool skipping = reader->skipping;
        reader->skipping = skipping || !condition;
        long yes = read_assignment(reader);
        if (!take(reader, ":")) {
            wrong(reader, ": is missing");
        }
        reader->skipping = skipping || condition;
        long no = read_assignment(reader);
        reader->skipping = skipping;
        value = condition ? yes : no;
    }
    reader->depth--;
    return value;
}

long arithmetic(const char *expression) {
    struct reader reader = {.at = expression};
    skip_blanks(&reader);
    long value = *reader.at == '\0' ? 0 : read_assignment(&reader);
    skip_blanks(&reader);
    if (*reader.at != '\0') {
        wrong(&reader, "this does not belong here");
    }
    return value;
}
