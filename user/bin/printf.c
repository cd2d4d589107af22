// SPDX-License-Identifier: MIT
// printf FORMAT [argument ...]: %d %i %u %o %x %X %c %s %b, with flags, width and precision. The
// format is used again as long as there are arguments.
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "tools.h"

enum { CONVERSION_BYTES = 64 };

struct arguments {
    char **next; // ended by NULL
    int status;
    bool ended; // by \c
};

static const char *next_text(struct arguments *arguments) {
    return *arguments->next != NULL ? *arguments->next++ : "";
}

// 'c and "c are the character's number.
static long next_number(struct arguments *arguments, bool is_signed) {
    const char *text = next_text(arguments);
    if (*text == '\'' || *text == '"') {
        return (unsigned char)text[1];
    }
    char *end;
    errno = 0;
    long value = is_signed ? strtol(text, &end, 0) : (long)strtoul(text, &end, 0);
    if (*end != '\0' || errno != 0) {
        fprintf(stderr, "printf: %s: %s\n", text, errno != 0 ? strerror(errno) : "not a number");
        arguments->status = 1;
    }
    return value;
}

static void print_escaped(const char *text, struct arguments *arguments) {
    while (*text != '\0' && !arguments->ended) {
        if (*text != '\\') {
            putchar(*text++);
            continue;
        }
        text++;
        arguments->ended = !escape_print(&text, true);
    }
}

// Copies flags, width and precision; a "*" is replaced by its argument. Returns the length, or 0 if
// there is no room.
static size_t copy_conversion(const char **at, char *to, struct arguments *arguments) {
    size_t length = 0;
    to[length++] = '%';
    while (**at != '\0' && strchr("-+ #0123456789.*", **at) != NULL) {
        if (length > CONVERSION_BYTES - 16) {
            return 0;
        }
        if (**at == '*') {
            length += (size_t)snprintf(to + length, 12, "%d", (int)next_number(arguments, true));
        } else {
            to[length++] = **at;
        }
        ++*at;
    }
    return length;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static const char *convert(const char *at, struct arguments *arguments) {
    char conversion[CONVERSION_BYTES];
    size_t length = copy_conversion(&at, conversion, arguments);
    char letter = *at;
    if (length == 0 || letter == '\0' || strchr("diouxXcsb%", letter) == NULL) {
        fprintf(stderr, "printf: a conversion is wrong\n");
        arguments->status = 2;
        arguments->ended = true;
        return at;
    }
    bool number = strchr("diouxX", letter) != NULL;
    snprintf(conversion + length, sizeof conversion - length, "%s%c", number ? "l" : "", letter);
    if (number) {
        printf(conversion, next_number(arguments, letter == 'd' || letter == 'i'));
    } else if (letter == 's') {
        printf(conversion, next_text(arguments));
    } else if (letter == 'c') {
        const char *text = next_text(arguments);
        conversion[length] = 's'; // an empty argument prints nothing, not a NUL
        char one[2] = {*text, '\0'};
        printf(conversion, one);
    } else if (letter == 'b') {
        print_escaped(next_text(arguments), arguments);
    } else {
        putchar('%');
    }
    return at + 1;
}

static void print_once(const char *format, struct arguments *arguments) {
    while (*format != '\0' && !arguments->ended) {
        if (*format == '%') {
            format = convert(format + 1, arguments);
        } else if (*format == '\\') {
            format++;
            arguments->ended = !escape_print(&format, false);
        } else {
            putchar(*format++);
        }
    }
}

int printf_main(int argc, char **argv) {
    int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (first >= argc) {
        fprintf(stderr, "usage: printf FORMAT [argument ...]\n");
        return 2;
    }
    struct arguments arguments = {.next = argv + first + 1};
    char **before;
    do {
        before = arguments.next;
        print_once(argv[first], &arguments);
    } while (!arguments.ended && *arguments.next != NULL && arguments.next != before);
    return arguments.status;
}
