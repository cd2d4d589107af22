// SPDX-License-Identifier: MIT
// What tests of the terminal share: somebody who types, and showing what has been read.
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

// What Linux and Tine have in common at first, to begin from.
static inline struct termios plain(void) {
    struct termios termios;
    tcgetattr(0, &termios);
    termios.c_iflag = ICRNL;
    termios.c_oflag = OPOST | ONLCR;
    termios.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
    return termios;
}

static inline void set(const struct termios *termios) {
    if (tcsetattr(0, TCSANOW, termios) < 0) {
        result("tcsetattr", -1);
    }
}

// Asks for something to be typed, with the escapes of C doubled.
static inline void type(const char *text) {
    printf("type: %s\n", text);
}

static inline void rest_ms(long ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static inline int readable(void) {
    int bytes = -1;
    ioctl(0, FIONREAD, &bytes);
    return bytes;
}

// Waits until so many bytes can be read.
static inline void await_bytes(int bytes) {
    for (int i = 0; i < 500 && readable() < bytes; i++) {
        rest_ms(10);
    }
}

static inline void show(const char *text, ssize_t bytes) {
    putchar('[');
    for (ssize_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= ' ' && c < 127) {
            putchar(c);
        } else {
            printf("\\%02x", c);
        }
    }
    putchar(']');
}

// Reads once, and shows what came.
static inline void show_read(size_t bytes) {
    char text[8192];
    ssize_t got = read(0, text, bytes < sizeof text ? bytes : sizeof text);
    if (got < 0) {
        printf("%s ", error_name(errno));
    } else {
        show(text, got);
        printf(" ");
    }
}
