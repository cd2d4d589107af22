// SPDX-License-Identifier: MIT
// Memory is moved a word at a time where the pointers allow it: an emulator pays for each
// iteration, and so does a reader who waits for a boot.
#include "base/string.h"

#include <stdbool.h>
#include <stdint.h>

// A word that may alias any other type.
typedef uint64_t __attribute__((may_alias)) word;

static bool word_aligned(const void *a, const void *b) {
    return (((uintptr_t)a | (uintptr_t)b) % sizeof(word)) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
    char *t = to;
    const char *f = from;
    if (word_aligned(t, f)) {
        for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
            *(word *)t = *(const word *)f;
            t += sizeof(word);
            f += sizeof(word);
        }
    }
    while (bytes-- > 0) {
        *t++ = *f++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
    char *t = to;
    const char *f = from;
    if ((uintptr_t)t - (uintptr_t)f >= bytes) {
        // Going upwards never overwrites a byte that is still to be read.
        while (bytes-- > 0) {
            *t++ = *f++;
        }
    } else {
        while (bytes-- > 0) {
            t[bytes] = f[bytes];
        }
    }
    return to;
}

void *memset(void *to, int value, size_t bytes) {
    char *t = to;
    word pattern = (unsigned char)value * 0x0101010101010101UL;
    if (word_aligned(t, t)) {
        for (; bytes >= sizeof(word); bytes -= sizeof(word)) {
            *(word *)t = pattern;
            t += sizeof(word);
        }
    }
    while (bytes-- > 0) {
        *t++ = (char)value;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes) {
    const unsigned char *x = a;
    const unsigned char *y = b;
    for (size_t i = 0; i < bytes; i++) {
        if (x[i] != y[i]) {
            return x[i] - y[i];
        }
    }
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}

size_t strnlen(const char *text, size_t limit) {
    size_t length = 0;
    while (length < limit && text[length] != '\0') {
        length++;
    }
    return length;
}

int strcmp(const char *a, const char *b) {
    return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t limit) {
    for (size_t i = 0; i < limit; i++) {
        if (a[i] != b[i] || a[i] == '\0') {
            return (unsigned char)a[i] - (unsigned char)b[i];
        }
    }
    return 0;
}

char *strchr(const char *text, int wanted) {
    for (; *text != (char)wanted; text++) {
        if (*text == '\0') {
            return NULL;
        }
    }
    return (char *)(uintptr_t)text;
}

size_t strlcpy(char *to, const char *from, size_t size) {
    size_t length = strlen(from);
    if (size > 0) {
        size_t kept = length < size ? length : size - 1;
        memcpy(to, from, kept);
        to[kept] = '\0';
    }
    return length;
}
