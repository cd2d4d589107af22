// SPDX-License-Identifier: MIT
// The environment. What the program began with lies on its stack; the first change makes a copy,
// whose strings are all the library's own.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **own; // equals environ once it is a copy

static size_t count_of(char **variables) {
    size_t count = 0;
    while (variables != NULL && variables[count] != NULL) {
        count++;
    }
    return count;
}

static bool is_name(const char *name) {
    return name != NULL && *name != '\0' && strchr(name, '=') == NULL;
}

// Where the variable is, or the NULL at the end.
static char **find(const char *name) {
    size_t length = strlen(name);
    char **at = environ;
    while (*at != NULL && (strncmp(*at, name, length) != 0 || (*at)[length] != '=')) {
        at++;
    }
    return at;
}

char *getenv(const char *name) {
    char **at = environ == NULL ? NULL : find(name);
    return at == NULL || *at == NULL ? NULL : *at + strlen(name) + 1;
}

// Makes the table the library's own, with room for one more. False when out of memory.
static bool make_own(void) {
    size_t count = count_of(environ);
    bool copy = own != environ || own == NULL;
    char **table = realloc(copy ? NULL : own, (count + 2) * sizeof *table);
    if (table == NULL) {
        return false;
    }
    for (size_t i = 0; copy && i < count; i++) {
        table[i] = strdup(environ[i]);
        if (table[i] == NULL) {
            return false; // environ is as it was
        }
    }
    table[count] = NULL;
    own = environ = table;
    return true;
}

int setenv(const char *name, const char *value, int overwrite) {
    if (!is_name(name)) {
        errno = EINVAL;
        return -1;
    }
    if (!overwrite && getenv(name) != NULL) {
        return 0;
    }
    size_t bytes = strlen(name) + strlen(value) + 2;
    char *text = malloc(bytes);
    if (text == NULL || !make_own()) {
        free(text);
        return -1;
    }
    snprintf(text, bytes, "%s=%s", name, value);
    char **at = find(name);
    at[1] = *at == NULL ? NULL : at[1];
    free(*at);
    *at = text;
    return 0;
}

int unsetenv(const char *name) {
    if (!is_name(name)) {
        errno = EINVAL;
        return -1;
    }
    if (getenv(name) == NULL) {
        return 0;
    }
    if (!make_own()) {
        return -1;
    }
    char **at = find(name);
    free(*at);
    memmove(at, at + 1, (count_of(at + 1) + 1) * sizeof *at);
    return 0;
}
