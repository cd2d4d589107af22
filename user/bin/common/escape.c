// SPDX-License-Identifier: MIT
#include "escape.h"

#include <stdio.h>
#include <string.h>

static void print_octal(const char **at, int digits) {
    int value = 0;
    for (; digits > 0 && **at >= '0' && **at <= '7'; digits--, ++*at) {
        value = value * 8 + (**at - '0');
    }
    putchar(value & 0xff);
}

bool escape_print(const char **at, bool octal_zero) {
    static const char letters[] = "\\abfnrtv";
    static const char meanings[] = "\\\a\b\f\n\r\t\v";
    char c = **at;
    const char *known = c != '\0' ? strchr(letters, c) : NULL;
    if (c >= '0' && c <= '7' && (c == '0' || !octal_zero)) {
        *at += octal_zero;
        print_octal(at, 3);
    } else if (known != NULL) {
        putchar(meanings[known - letters]);
        ++*at;
    } else if (c == 'c') {
        return false;
    } else {
        putchar('\\');
    }
    return true;
}
