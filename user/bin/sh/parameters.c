// SPDX-License-Identifier: MIT
// Values of parameters ($1, $?, $@ ...), and of variables: XCU 2.5.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "shell.h"
#include "variables.h"

char *number_text(long number) {
    char text[24];
    int length = snprintf(text, sizeof text, "%ld", number);
    return arena_copy(&scratch, text, (size_t)length);
}

// All parameters, with something between them: for $* the first character of IFS.
static const char *joined(char name) {
    const char *separators = variable_get("IFS");
    char between = name == '@' || separators == NULL ? ' ' : *separators;
    struct buffer text = {.arena = &scratch};
    for (int i = 0; i < shell.parameters.count; i++) {
        if (i > 0 && between != '\0') {
            buffer_add(&text, between);
        }
        buffer_add_text(&text, shell.parameters.items[i], strlen(shell.parameters.items[i]));
    }
    return shell.parameters.count > 0 ? buffer_text(&text) : NULL;
}

const char *parameter_value(const char *name) {
    if (isdigit((unsigned char)*name)) {
        long index = strtol(name, NULL, 10);
        if (index == 0) {
            return shell.name;
        }
        return index <= shell.parameters.count ? shell.parameters.items[index - 1] : NULL;
    }
    switch (*name) {
    case '?':
        return number_text(shell.status);
    case '#':
        return number_text(shell.parameters.count);
    case '$':
        return number_text(shell.pid);
    case '!':
        return shell.last_background != 0 ? number_text(shell.last_background) : NULL;
    case '-':
        return option_letters();
    case '@':
    case '*':
        return joined(*name);
    default:
        return variable_get(name);
    }
}
