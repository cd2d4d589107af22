// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 256 };

// Collects what a call prints, so that one call is one write unless it prints a lot.
struct writer {
    int fd;
    char text[ROOM];
    size_t used;
};

static void flush(struct writer *writer) {
    size_t done = 0;
    while (done < writer->used) {
        ssize_t written = write(writer->fd, writer->text + done, writer->used - done);
        if (written <= 0) {
            break; // nobody to tell
        }
        done += (size_t)written;
    }
    writer->used = 0;
}

static void sink(void *context, const char *text, size_t bytes) {
    struct writer *writer = context;
    for (size_t i = 0; i < bytes; i++) {
        if (writer->used == ROOM) {
            flush(writer);
        }
        writer->text[writer->used++] = text[i];
    }
}

int vdprintf(int fd, const char *pattern, va_list arguments) {
    struct writer writer;
    writer.fd = fd;
    writer.used = 0;
    int length = format(sink, &writer, pattern, arguments);
    flush(&writer);
    return length;
}

int vprintf(const char *pattern, va_list arguments) {
    return vdprintf(1, pattern, arguments);
}

int dprintf(int fd, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int length = vdprintf(fd, pattern, arguments);
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

int puts(const char *text) {
    return printf("%s\n", text);
}

int putchar(int c) {
    printf("%c", c);
    return (unsigned char)c;
}
