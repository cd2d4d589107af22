// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>

_Noreturn void exit(int status);
_Noreturn void abort(void);

void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void free(void *memory);

long strtol(const char *text, char **end, int base);
int atoi(const char *text);

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
