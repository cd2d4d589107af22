// SPDX-License-Identifier: MIT
// The console: one stream that programs and kernel messages share without ever mixing in a line,
// and a line editor for what is typed.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Puts a program's output on the console, byte by byte.
void console_write(const char *text, size_t bytes);

// Puts a kernel message on the console as a line of its own: `[seconds.microseconds] text`. If a
// program's line was half-written, it is broken first, and a `+` behind the time says so: readers
// can then put the program's line together again.
void console_write_message(uint64_t microseconds, const char *text, size_t bytes);

// Waits for a line, or for the end of input (^D at the start of a line), and copies at most `bytes`
// of it, its '\n' included; what does not fit is kept for the next call. Returns how many; 0 at the
// end of input.
size_t console_read(char *to, size_t bytes);

// Takes what has been typed since the last call. Called by the timer.
void console_poll(void);
