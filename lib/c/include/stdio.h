// SPDX-License-Identifier: MIT
// Output goes out call by call: nothing is kept back.
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/format.h"

int printf(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *pattern, va_list arguments);
int dprintf(int fd, const char *pattern, ...) __attribute__((format(printf, 2, 3)));
int vdprintf(int fd, const char *pattern, va_list arguments);
int puts(const char *text);
int putchar(int c);

int rename(const char *from, const char *to);
