// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void perror(const char *what) {
    bool named = what != NULL && *what != '\0';
    fprintf(stderr, "%s%s%s\n", named ? what : "", named ? ": " : "", strerror(errno));
}
