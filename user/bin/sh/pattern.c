// SPDX-License-Identifier: MIT
#include "pattern.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static bool in_class(const char *name, size_t length, int c) {
    static const struct {
        const char *name;
        int (*holds)(int c);
    } classes[] = {
        {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
        {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
        {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strlen(classes[i].name) == length && strncmp(name, classes[i].name, length) == 0) {
            return classes[i].holds(c) != 0;
        }
    }
    return false;
}

// A character of a bracket expression; steps over it, and over the backslash before it.
static unsigned char take_one(const char **at) {
    if (**at == '\\' && (*at)[1] != '\0') {
        ++*at;
    }
    return (unsigned char)*(*at)++;
}

// One element of a bracket expression: a class, a range, a character. Steps over it.
static bool element_fits(const char **at, unsigned char c) {
    if ((*at)[0] == '[' && (*at)[1] == ':') {
        const char *name = *at + 2;
        const char *end = strstr(name, ":]");
        if (end != NULL) {
            *at = end + 2;
            return in_class(name, (size_t)(end - name), c);
        }
    }
    unsigned char first = take_one(at);
    unsigned char last = first;
    if ((*at)[0] == '-' && (*at)[1] != '\0' && (*at)[1] != ']') {
        ++*at;
        last = take_one(at);
    }
    return first <= c && c <= last;
}

// `at` is behind a "[". Sets *fits, and returns what follows the "]"; NULL if there is none, so
// that the "[" is an ordinary character.
static const char *match_bracket(const char *at, unsigned char c, bool *fits) {
    bool inverted = *at == '!' || *at == '^';
    bool found = false;
    at += inverted;
    for (bool first = true; first || *at != ']'; first = false) {
        if (*at == '\0') {
            return NULL;
        }
        found = element_fits(&at, c) || found;
    }
    *fits = found != inverted;
    return at + 1;
}

// Whether the character fits the pattern's first element, which is no "*"; steps over that.
static bool one_fits(const char **pattern, unsigned char c) {
    const char *at = *pattern;
    bool fits = false;
    const char *behind = *at == '[' ? match_bracket(at + 1, c, &fits) : NULL;
    if (behind != NULL) {
        *pattern = behind;
        return fits;
    }
    bool any = *at == '?';
    unsigned char wanted = take_one(pattern);
    return any || wanted == c;
}

// A "*" that has to take one character more than it was first given is tried again: only the last
// one needs to be, because what the others took was enough for all between them.
bool pattern_fits(const char *pattern, const char *text) {
    const char *retry_pattern = NULL;
    const char *retry_text = NULL;
    while (*text != '\0' || *pattern != '\0') {
        if (*pattern == '*') {
            retry_pattern = ++pattern;
            retry_text = text;
            continue;
        }
        if (*text != '\0' && *pattern != '\0' && one_fits(&pattern, (unsigned char)*text)) {
            text++;
            continue;
        }
        if (retry_pattern == NULL || *retry_text == '\0') {
            return false;
        }
        pattern = retry_pattern;
        text = ++retry_text;
    }
    return true;
}

void pattern_to_text(char *pattern) {
    char *to = pattern;
    for (const char *from = pattern; *from != '\0';) {
        *to++ = (char)take_one(&from);
    }
    *to = '\0';
}
