// SPDX-License-Identifier: MIT
// Copying strings, and looking for something in them.
#include <stdint.h>
#include <string.h>

char *strcpy(char *restrict to, const char *restrict from) {
    memcpy(to, from, strlen(from) + 1);
    return to;
}

char *strncpy(char *restrict to, const char *restrict from, size_t bytes) {
    size_t length = strnlen(from, bytes);
    memcpy(to, from, length);
    memset(to + length, 0, bytes - length);
    return to;
}

char *strcat(char *restrict to, const char *restrict from) {
    strcpy(to + strlen(to), from);
    return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t limit) {
    size_t length = strnlen(from, limit);
    char *end = to + strlen(to);
    memcpy(end, from, length);
    end[length] = '\0';
    return to;
}

void *memchr(const void *memory, int wanted, size_t bytes) {
    const unsigned char *at = memory;
    for (; bytes > 0; at++, bytes--) {
        if (*at == (unsigned char)wanted) {
            return (void *)(uintptr_t)at;
        }
    }
    return NULL;
}

char *strrchr(const char *text, int wanted) {
    for (size_t length = strlen(text) + 1; length > 0; length--) {
        if (text[length - 1] == (char)wanted) {
            return (char *)(uintptr_t)(text + length - 1);
        }
    }
    return NULL;
}

char *strstr(const char *text, const char *wanted) {
    size_t length = strlen(wanted);
    for (;; text++) {
        if (strncmp(text, wanted, length) == 0) {
            return (char *)(uintptr_t)text;
        }
        if (*text == '\0') {
            return NULL;
        }
    }
}

size_t strspn(const char *text, const char *set) {
    size_t length = 0;
    while (text[length] != '\0' && strchr(set, text[length]) != NULL) {
        length++;
    }
    return length;
}

size_t strcspn(const char *text, const char *set) {
    size_t length = 0;
    while (text[length] != '\0' && strchr(set, text[length]) == NULL) {
        length++;
    }
    return length;
}

char *strpbrk(const char *text, const char *set) {
    text += strcspn(text, set);
    return *text != '\0' ? (char *)(uintptr_t)text : NULL;
}

char *strtok_r(char *text, const char *separators, char **state) {
    text = text != NULL ? text : *state;
    text += strspn(text, separators);
    char *end = text + strcspn(text, separators);
    *state = *end != '\0' ? end + 1 : end;
    if (text == end) {
        return NULL;
    }
    *end = '\0';
    return text;
}

int strcoll(const char *a, const char *b) {
    return strcmp(a, b); // the C locale
}
