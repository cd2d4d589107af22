// SPDX-License-Identifier: MIT
// What a FILE is. A stream reads or writes at any time, not both: the buffer holds what was read
// and not yet taken, [next, end), or what was written and is not yet out, [0, end).
#pragma once

#include <stdbool.h>
#include <stdio.h>

// One of stdio's three ways of buffering; until the first byte is written it may be undecided.
enum { BUFFERED_UNDECIDED = -1 };

struct FILE {
    int fd;
    int buffering;
    bool can_read;
    bool can_write;
    bool writing; // the buffer holds what is still to be written
    bool at_end;
    bool failed;
    char *buffer;
    size_t size;
    size_t next;
    size_t end;
    FILE *following; // in the list of those that fopen and fdopen made
};

// Writes out what the buffer holds. Returns 0, or -1 and sets `failed`; the buffer is empty either
// way.
int file_flush(FILE *file);

// Makes the stream ready to be written to. False if it cannot be.
bool file_begin_writing(FILE *file);

// Flushes every stream, as exit does.
void stdio_end(void);
