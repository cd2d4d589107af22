// SPDX-License-Identifier: MIT
// echo [-n] [word ...]
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/escape.h"
#include "tools.h"

static bool print(const char *text) {
    for (;;) {
        size_t plain = strcspn(text, "\\");
        fwrite(text, 1, plain, stdout);
        text += plain;
        if (*text++ == '\0') {
            return true;
        }
        if (!escape_print(&text, true)) {
            return false;
        }
    }
}

int echo_main(int argc, char **argv) {
    bool newline = argc < 2 || strcmp(argv[1], "-n") != 0;
    for (int i = newline ? 1 : 2; i < argc; i++) {
        if (!print(argv[i])) {
            return 0;
        }
        if (i < argc - 1) {
            putchar(' ');
        }
    }
    if (newline) {
        putchar('\n');
    }
    return 0;
}
