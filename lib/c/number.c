// SPDX-License-Identifier: MIT
// Numbers from text.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

struct number {
    unsigned long magnitude;
    bool negative;
    bool too_large;
};

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

static struct number parse(const char *text, char **end, int base) {
    struct number number = {0};
    const char *next = text;
    while (*next == ' ' || (*next >= '\t' && *next <= '\r')) {
        next++;
    }
    number.negative = *next == '-';
    next += *next == '-' || *next == '+';
    next = skip_prefix(next, &base);
    const char *digits = next;
    for (; digit_of(*next) < base; next++) {
        unsigned long digit = (unsigned long)digit_of(*next);
        number.too_large =
            number.too_large ||
            __builtin_mul_overflow(number.magnitude, (unsigned long)base, &number.magnitude) ||
            __builtin_add_overflow(number.magnitude, digit, &number.magnitude);
    }
    if (end != NULL) {
        *end = (char *)(next == digits ? text : next);
    }
    return number;
}

long strtol(const char *text, char **end, int base) {
    struct number number = parse(text, end, base);
    unsigned long limit = (unsigned long)LONG_MAX + number.negative;
    if (number.too_large || number.magnitude > limit) {
        errno = ERANGE;
        return number.negative ? LONG_MIN : LONG_MAX;
    }
    return (long)(number.negative ? -number.magnitude : number.magnitude);
}

unsigned long strtoul(const char *text, char **end, int base) {
    struct number number = parse(text, end, base);
    if (number.too_large) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return number.negative ? -number.magnitude : number.magnitude;
}

long long strtoll(const char *text, char **end, int base) {
    return strtol(text, end, base);
}

unsigned long long strtoull(const char *text, char **end, int base) {
    return strtoul(text, end, base);
}

int atoi(const char *text) {
    return (int)strtol(text, NULL, 10);
}

long atol(const char *text) {
    return strtol(text, NULL, 10);
}

int abs(int value) {
    return value < 0 ? -value : value;
}

long labs(long value) {
    return value < 0 ? -value : value;
}
