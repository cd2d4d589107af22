// SPDX-License-Identifier: MIT
// The console: one stream that programs and kernel messages share without ever mixing in a line,
// and a line editor for what is typed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Puts a program's output on the console, byte by byte.
void console_write(const char *text, size_t bytes);

// Puts a kernel message on the console as a line of its own: `[seconds.microseconds] text`. If a
// program's line was half-written, it is broken first, and a `+` behind the time says so: readers
// can then put the program's line together again.
void console_write_message(uint64_t microseconds, const char *text, size_t bytes);

// Copies at most `bytes` of a line that has been typed, its '\n' included; what does not fit is kept
// for the next call. Returns how many; 0 at the end of input (^D at the start of a line). If there is
// neither yet: waits if `wait` says so, which may end in -ERESTARTSYS, else returns -EAGAIN.
int64_t console_read(char *to, size_t bytes, bool wait);

// True if console_read would not have to wait.
bool console_can_read(void);

// Takes what has been typed since the last call. Called by the timer.
void console_poll(void);
