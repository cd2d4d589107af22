// SPDX-License-Identifier: MIT
// Memory and string functions: the ones of ISO C that both the kernel and user programs need.
// They behave as C17 section 7.24 and POSIX say.
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);

size_t strlen(const char *text);
size_t strnlen(const char *text, size_t limit);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t limit);
char *strchr(const char *text, int wanted);

// Copies as much of `from` as fits and always ends `to` with a NUL. Returns strlen(from), so that
// a result >= size says that something was cut off (as in BSD's strlcpy).
size_t strlcpy(char *to, const char *from, size_t size);
