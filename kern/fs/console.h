// SPDX-License-Identifier: MIT
// The console: one stream that programs and kernel messages share without ever mixing in a line.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "fs/tty.h"

// The terminal whose device the console is.
extern struct tty console_tty;

// Puts a program's output on the console, byte by byte.
void console_write(const char *text, size_t bytes);

// Puts a kernel message on the console as a line of its own: `[seconds.microseconds] text`. If a
// program's line was half-written, it is broken first, and a `+` behind the time says so: readers
// can then put the program's line together again.
void console_write_message(uint64_t microseconds, const char *text, size_t bytes);
