// SPDX-License-Identifier: MIT
#include "base/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/string.h"

struct output {
    format_sink *sink;
    void *context;
    size_t written;
};

// One conversion: what stood between '%' and its letter.
struct conversion {
    bool left;
    bool zeros;
    bool marked;      // '#': the base is shown
    const char *plus; // before a number that is not negative
    int width;
    int precision; // -1: none given
    int longs;     // 'l', 'z', 'j' and 't' count one, 'h' minus one
};

static void put(struct output *out, const char *text, size_t bytes) {
    out->sink(out->context, text, bytes);
    out->written += bytes;
}

static void put_repeated(struct output *out, char c, int times) {
    for (; times > 0; times--) {
        put(out, &c, 1);
    }
}

// Puts sign or prefix, zeros, then the digits, padded to the width in the way the flags ask for.
static void put_padded(struct output *out, const struct conversion *conv, const char *prefix,
                       int zeros, const char *text, size_t bytes) {
    size_t prefix_bytes = strlen(prefix);
    zeros = zeros > 0 ? zeros : 0;
    int padding = conv->width - (int)(prefix_bytes + bytes) - zeros;
    if (!conv->left && !conv->zeros) {
        put_repeated(out, ' ', padding);
    }
    put(out, prefix, prefix_bytes);
    if (!conv->left && conv->zeros) {
        put_repeated(out, '0', padding);
    }
    put_repeated(out, '0', zeros);
    put(out, text, bytes);
    if (conv->left) {
        put_repeated(out, ' ', padding);
    }
}

// A precision says how many digits there are at least; then no zeros fill the width.
static void put_number(struct output *out, struct conversion *conv, const char *prefix,
                       uint64_t value, unsigned base, const char *digits) {
    char text[22]; // 2^64 has 22 octal digits
    size_t at = sizeof text;
    int wanted = conv->precision < 0 ? 1 : conv->precision;
    conv->zeros = conv->zeros && conv->precision < 0;
    for (; value > 0; value /= base) {
        text[--at] = digits[value % base];
    }
    int have = (int)(sizeof text - at);
    if (conv->marked && base == 8 && wanted <= have) {
        wanted = have + 1;
    }
    put_padded(out, conv, prefix, wanted - have, text + at, (size_t)have);
}

// Reads flags, width, precision and length; returns a pointer to the conversion letter.
static const char *parse(const char *at, struct conversion *conv, va_list *arguments) {
    *conv = (struct conversion){.precision = -1, .plus = ""};
    for (; *at != '\0' && strchr("-0#+ ", *at) != NULL; at++) {
        conv->left = conv->left || *at == '-';
        conv->zeros = conv->zeros || *at == '0';
        conv->marked = conv->marked || *at == '#';
        conv->plus = *at == '+' ? "+" : *at == ' ' && *conv->plus == '\0' ? " " : conv->plus;
    }
    if (*at == '*') {
        int width = va_arg(*arguments, int);
        conv->left = conv->left || width < 0;
        conv->width = width < 0 ? -width : width;
        at++;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        conv->width = conv->width * 10 + (*at - '0');
    }
    if (*at == '.') {
        conv->precision = 0;
        at++;
        if (*at == '*') {
            conv->precision = va_arg(*arguments, int);
            at++;
        }
        for (; *at >= '0' && *at <= '9'; at++) {
            conv->precision = conv->precision * 10 + (*at - '0');
        }
    }
    for (; *at != '\0' && strchr("lzhjt", *at) != NULL; at++) {
        conv->longs += *at == 'h' ? -1 : 1;
    }
    return at;
}

static int64_t next_signed(const struct conversion *conv, va_list *arguments) {
    return conv->longs > 0 ? va_arg(*arguments, int64_t) : va_arg(*arguments, int);
}

static uint64_t next_unsigned(const struct conversion *conv, va_list *arguments) {
    return conv->longs > 0 ? va_arg(*arguments, uint64_t) : va_arg(*arguments, unsigned);
}

static void put_string(struct output *out, struct conversion *conv, const char *text) {
    if (text == NULL) {
        text = "(null)";
    }
    size_t limit = conv->precision < 0 ? SIZE_MAX : (size_t)conv->precision;
    conv->zeros = false;
    put_padded(out, conv, "", 0, text, strnlen(text, limit));
}

// Formats one conversion that starts behind its '%'; returns what follows it.
static const char *convert(struct output *out, const char *start, va_list *arguments) {
    struct conversion conv;
    const char *letter = parse(start, &conv, arguments);
    switch (*letter) {
    case 'd':
    case 'i': {
        int64_t value = next_signed(&conv, arguments);
        uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
        put_number(out, &conv, value < 0 ? "-" : conv.plus, magnitude, 10, "0123456789");
        break;
    }
    case 'u':
        put_number(out, &conv, "", next_unsigned(&conv, arguments), 10, "0123456789");
        break;
    case 'o':
        put_number(out, &conv, "", next_unsigned(&conv, arguments), 8, "01234567");
        break;
    case 'x':
    case 'X': {
        uint64_t value = next_unsigned(&conv, arguments);
        const char *prefix = !conv.marked || value == 0 ? "" : *letter == 'x' ? "0x" : "0X";
        put_number(out, &conv, prefix, value, 16,
                   *letter == 'x' ? "0123456789abcdef" : "0123456789ABCDEF");
        break;
    }
    case 'p':
        put_number(out, &conv, "0x", (uintptr_t)va_arg(*arguments, void *), 16, "0123456789abcdef");
        break;
    case 's':
        put_string(out, &conv, va_arg(*arguments, const char *));
        break;
    case 'c': {
        char c = (char)va_arg(*arguments, int);
        conv.zeros = false;
        put_padded(out, &conv, "", 0, &c, 1);
        break;
    }
    case '%':
        put(out, "%", 1);
        break;
    case '\0':
        put(out, start - 1, (size_t)(letter - start) + 1);
        return letter;
    default:
        put(out, start - 1, (size_t)(letter - start) + 2);
    }
    return letter + 1;
}

int format(format_sink *sink, void *context, const char *pattern, va_list arguments) {
    struct output out = {.sink = sink, .context = context};
    va_list rest;
    va_copy(rest, arguments);
    while (*pattern != '\0') {
        const char *end = pattern;
        while (*end != '\0' && *end != '%') {
            end++;
        }
        put(&out, pattern, (size_t)(end - pattern));
        pattern = *end == '%' ? convert(&out, end + 1, &rest) : end;
    }
    va_end(rest);
    return (int)out.written;
}

struct buffer {
    char *at;
    size_t room;
};

static void buffer_sink(void *context, const char *text, size_t bytes) {
    struct buffer *buffer = context;
    size_t kept = bytes < buffer->room ? bytes : buffer->room;
    memcpy(buffer->at, text, kept);
    buffer->at += kept;
    buffer->room -= kept;
}

int vsnprintf(char *to, size_t size, const char *pattern, va_list arguments) {
    struct buffer buffer = {.at = to, .room = size > 0 ? size - 1 : 0};
    int length = format(buffer_sink, &buffer, pattern, arguments);
    if (size > 0) {
        *buffer.at = '\0';
    }
    return length;
}

int snprintf(char *to, size_t size, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int length = vsnprintf(to, size, pattern, arguments);
    va_end(arguments);
    return length;
}
