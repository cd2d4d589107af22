// SPDX-License-Identifier: MIT
#pragma once

#include "base/string.h"

void *memchr(const void *memory, int wanted, size_t bytes);

char *strcpy(char *restrict to, const char *restrict from);
char *strncpy(char *restrict to, const char *restrict from, size_t bytes);
char *strcat(char *restrict to, const char *restrict from);
char *strncat(char *restrict to, const char *restrict from, size_t limit);
char *strdup(const char *text);
char *strndup(const char *text, size_t limit);

char *strrchr(const char *text, int wanted);
char *strstr(const char *text, const char *wanted);
size_t strspn(const char *text, const char *set);
size_t strcspn(const char *text, const char *set);
char *strpbrk(const char *text, const char *set);
char *strtok_r(char *text, const char *separators, char **state);
int strcoll(const char *a, const char *b);

char *strerror(int error);   // the next call may change the text
char *strsignal(int signal); // this one, too
