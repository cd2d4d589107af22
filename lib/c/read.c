// SPDX-License-Identifier: MIT
// Reading from streams.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

// Gets more from the file. False at its end, or after an error.
static bool fill(FILE *file) {
    if (!file->can_read) {
        file->failed = true;
        errno = EBADF;
        return false;
    }
    if (file->writing) {
        file_flush(file);
        file->writing = false;
    }
    ssize_t got = file->at_end ? 0 : read(file->fd, file->buffer, file->size);
    file->next = 0;
    file->end = got > 0 ? (size_t)got : 0;
    file->at_end = file->at_end || got == 0;
    file->failed = file->failed || got < 0;
    return got > 0;
}

static bool has_bytes(FILE *file) {
    return (!file->writing && file->next < file->end) || fill(file);
}

int fgetc(FILE *file) {
    return has_bytes(file) ? (unsigned char)file->buffer[file->next++] : EOF;
}

int getc(FILE *file) {
    return fgetc(file);
}

int getchar(void) {
    return fgetc(stdin);
}

int ungetc(int c, FILE *file) {
    if (c == EOF || file->writing || (file->next == 0 && file->end == file->size)) {
        return EOF;
    }
    if (file->next == 0) { // nothing was read yet: make room in front
        memmove(file->buffer + 1, file->buffer, file->end++);
        file->next = 1;
    }
    file->buffer[--file->next] = (char)c;
    file->at_end = false;
    return (unsigned char)c;
}

size_t fread(void *to, size_t size, size_t count, FILE *file) {
    size_t wanted;
    if (size == 0 || __builtin_mul_overflow(size, count, &wanted)) {
        return 0;
    }
    size_t done = 0;
    while (done < wanted && has_bytes(file)) {
        size_t here = file->end - file->next;
        size_t bytes = here < wanted - done ? here : wanted - done;
        memcpy((char *)to + done, file->buffer + file->next, bytes);
        file->next += bytes;
        done += bytes;
    }
    return done / size;
}

// Takes what is in the buffer, up to and with the first `delimiter`, but at most `limit` bytes.
// Returns how many, and whether the delimiter was among them.
static size_t take(FILE *file, char *to, size_t limit, int delimiter, bool *found) {
    char *from = file->buffer + file->next;
    size_t bytes = file->end - file->next;
    bytes = bytes < limit ? bytes : limit;
    char *delimited = memchr(from, delimiter, bytes);
    *found = delimited != NULL;
    bytes = *found ? (size_t)(delimited - from) + 1 : bytes;
    memcpy(to, from, bytes);
    file->next += bytes;
    return bytes;
}

char *fgets(char *to, int size, FILE *file) {
    size_t limit = size > 0 ? (size_t)size - 1 : 0;
    size_t length = 0;
    bool found = false;
    while (length < limit && !found && has_bytes(file)) {
        length += take(file, to + length, limit - length, '\n', &found);
    }
    if (length == 0) {
        return NULL;
    }
    to[length] = '\0';
    return to;
}

// Makes *line at least `wanted` bytes long. False when out of memory.
static bool grow(char **line, size_t *size, size_t wanted) {
    if (*line != NULL && *size >= wanted) {
        return true;
    }
    size_t bytes = wanted < 120 ? 120 : wanted * 2;
    char *bigger = realloc(*line, bytes);
    if (bigger != NULL) {
        *line = bigger;
        *size = bytes;
    }
    return bigger != NULL;
}

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file) {
    size_t length = 0;
    bool found = false;
    while (!found && has_bytes(file)) {
        size_t here = file->end - file->next;
        if (!grow(line, size, length + here + 1)) {
            file->failed = true;
            return -1;
        }
        length += take(file, *line + length, here, delimiter, &found);
    }
    if (length == 0) {
        return -1;
    }
    (*line)[length] = '\0';
    return (ssize_t)length;
}

ssize_t getline(char **line, size_t *size, FILE *file) {
    return getdelim(line, size, '\n', file);
}
