// SPDX-License-Identifier: MIT
// printf's formatting without printf's output.
//
// Understood: the flags, width and precision (also '*'), lengths h l ll z j t, and conversions d i
// u o x X p s c %. An unknown conversion is printed as it stands.
#pragma once

#include <stdarg.h>
#include <stddef.h>

// Receives the text piece by piece; `bytes` may be 0.
typedef void format_sink(void *context, const char *text, size_t bytes);

// Formats into `sink`. Returns the number of bytes handed to it.
int format(format_sink *sink, void *context, const char *pattern, va_list arguments);

// As in C17 7.21.6.5 and 7.21.6.12: never writes more than `size` bytes, ends with a NUL when
// size > 0, and returns the length that the whole text has.
int snprintf(char *to, size_t size, const char *pattern, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *to, size_t size, const char *pattern, va_list arguments);
