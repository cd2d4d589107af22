// SPDX-License-Identifier: MIT
// Writing to streams.
#include <string.h>
#include <unistd.h>

#include "file.h"

enum { ONE_CALL_BYTES = 256 };

// Puts bytes into the buffer; when it is full it is written. False after an error.
static bool append(FILE *file, const char *from, size_t bytes) {
    while (bytes > 0) {
        size_t room = file->size - file->end;
        size_t part = bytes < room ? bytes : room;
        memcpy(file->buffer + file->end, from, part);
        file->end += part;
        from += part;
        bytes -= part;
        if (file->end == file->size && file_flush(file) < 0) {
            return false;
        }
    }
    return true;
}

// What a call has put into the buffer goes out now if lines do, and one has ended.
static bool end_of_call(FILE *file, bool line_ended) {
    return file->buffering != _IOLBF || !line_ended || file_flush(file) == 0;
}

// A stream for one call on a descriptor that has no buffer: so one call is one write.
static FILE for_one_call(int fd, char room[ONE_CALL_BYTES]) {
    return (FILE){.fd = fd, .writing = true, .buffer = room, .size = ONE_CALL_BYTES};
}

struct printer {
    FILE *file;
    bool failed;
    bool line_ended;
};

static void sink(void *context, const char *text, size_t bytes) {
    struct printer *printer = context;
    printer->failed = printer->failed || !append(printer->file, text, bytes);
    printer->line_ended = printer->line_ended || memchr(text, '\n', bytes) != NULL;
}

int vdprintf(int fd, const char *pattern, va_list arguments) {
    char room[ONE_CALL_BYTES];
    FILE file = for_one_call(fd, room);
    struct printer printer = {.file = &file};
    int length = format(sink, &printer, pattern, arguments);
    return printer.failed || file_flush(&file) < 0 ? -1 : length;
}

int vfprintf(FILE *file, const char *pattern, va_list arguments) {
    if (!file_begin_writing(file)) {
        return -1;
    }
    if (file->buffering == _IONBF) {
        int length = vdprintf(file->fd, pattern, arguments);
        file->failed = file->failed || length < 0;
        return length;
    }
    struct printer printer = {.file = file};
    int length = format(sink, &printer, pattern, arguments);
    return printer.failed || !end_of_call(file, printer.line_ended) ? -1 : length;
}

int vprintf(const char *pattern, va_list arguments) {
    return vfprintf(stdout, pattern, arguments);
}

int dprintf(int fd, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int length = vdprintf(fd, pattern, arguments);
    va_end(arguments);
    return length;
}

int fprintf(FILE *file, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int length = vfprintf(file, pattern, arguments);
    va_end(arguments);
    return length;
}

int printf(const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int length = vprintf(pattern, arguments);
    va_end(arguments);
    return length;
}

// Returns how many bytes have been taken.
static size_t put_bytes(FILE *file, const char *from, size_t bytes) {
    if (!file_begin_writing(file)) {
        return 0;
    }
    if (file->buffering == _IONBF) {
        ssize_t written = write(file->fd, from, bytes);
        file->failed = file->failed || written != (ssize_t)bytes;
        return written < 0 ? 0 : (size_t)written;
    }
    bool line_ended = memchr(from, '\n', bytes) != NULL;
    return append(file, from, bytes) && end_of_call(file, line_ended) ? bytes : 0;
}

size_t fwrite(const void *from, size_t size, size_t count, FILE *file) {
    size_t bytes;
    if (size == 0 || __builtin_mul_overflow(size, count, &bytes)) {
        return 0;
    }
    return put_bytes(file, from, bytes) / size;
}

int fputc(int c, FILE *file) {
    char byte = (char)c;
    return put_bytes(file, &byte, 1) == 1 ? (unsigned char)byte : EOF;
}

int putc(int c, FILE *file) {
    return fputc(c, file);
}

int putchar(int c) {
    return fputc(c, stdout);
}

int fputs(const char *text, FILE *file) {
    size_t bytes = strlen(text);
    return put_bytes(file, text, bytes) == bytes ? 0 : EOF;
}

int puts(const char *text) {
    return printf("%s\n", text) < 0 ? EOF : 0;
}
