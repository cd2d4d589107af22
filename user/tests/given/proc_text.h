// SPDX-License-Identifier: MIT
// What tests of /proc share: reading its files.
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[65536]; // of the file read last

// Reads the file of a task, or of nobody (0), into `text`. Returns its length or -1.
static inline long slurp(int pid, const char *name) {
    char path[64];
    long length = 0;
    if (pid == 0) {
        snprintf(path, sizeof path, "/proc/%s", name);
    } else {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    }
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        return -1;
    }
    for (long got = 1; got > 0; length += got) {
        got = read(fd, text + length, sizeof text - 1 - (size_t)length);
    }
    close(fd);
    text[length] = '\0';
    return length;
}

// The line of `text` that begins with `key`.
static inline const char *line(const char *key) {
    static char copy[256];
    const char *at = text;
    while (at != NULL && strncmp(at, key, strlen(key)) != 0) {
        at = strchr(at, '\n');
        at += at != NULL;
    }
    snprintf(copy, sizeof copy, "%s", at == NULL ? "none" : at);
    char *end = strchr(copy, '\n');
    if (end != NULL) {
        *end = '\0';
    }
    return copy;
}

// A number of the given base in that line, behind the key; -1 if there is no such line.
static inline long value_of(const char *key, int base) {
    const char *found = line(key);
    return strcmp(found, "none") == 0 ? -1 : strtol(found + strlen(key), NULL, base);
}
