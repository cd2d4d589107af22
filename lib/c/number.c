// SPDX-License-Identifier: MIT
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static int digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : INT_MAX;
}

// Passes "0x" or "0" where it tells the base.
static const char *skip_prefix(const char *text, int *base) {
    bool hex = text[0] == '0' && (text[1] | 0x20) == 'x' && digit_of(text[2]) < 16;
    if (*base == 0) {
        *base = hex ? 16 : text[0] == '0' ? 8 : 10;
    }
    return hex && *base == 16 ? text + 2 : text;
}

// Negative numbers reach further than positive ones: it counts downwards.
long strtol(const char *text, char **end, int base) {
    const char *next = text;
    while (*next == ' ' || (*next >= '\t' && *next <= '\r')) {
        next++;
    }
    bool negative = *next == '-';
    next += *next == '-' || *next == '+';
    next = skip_prefix(next, &base);
    const char *digits = next;
    long value = 0;
    bool overflow = false;
    for (; digit_of(*next) < base; next++) {
        overflow = overflow || __builtin_mul_overflow(value, (long)base, &value) ||
                   __builtin_sub_overflow(value, (long)digit_of(*next), &value);
    }
    if (end != NULL) {
        *end = (char *)(next == digits ? text : next);
    }
    if (overflow || (!negative && value == LONG_MIN)) {
        errno = ERANGE;
        return negative ? LONG_MIN : LONG_MAX;
    }
    return negative ? value : -value;
}

int atoi(const char *text) {
    return (int)strtol(text, NULL, 10);
}
