// SPDX-License-Identifier: MIT
// A program prints the strings it was started with.
#pragma once

#include <stdio.h>
#include <string.h>

extern char **environ;

// Prints a string, or how long it is, and whether it is made of what it begins with.
static inline void show(const char *text) {
    enum { SHOWN = 20 };
    size_t length = strlen(text);
    if (length <= SHOWN) {
        printf(" <%s>", text);
    } else {
        printf(" <%zu times '%c'>", strspn(text, (char[]){text[0], '\0'}), text[0]);
    }
}

// In one line.
static inline void show_strings(int argc, char **argv) {
    printf("%d:", argc);
    for (int i = 0; i < argc; i++) {
        show(argv[i]);
    }
    printf("; environment:");
    for (char **string = environ; *string != NULL; string++) {
        show(*string);
    }
    printf("; %s\n",
           argv[argc] == NULL && environ == argv + argc + 1 ? "in order" : "not in order");
}
