// SPDX-License-Identifier: MIT
// The built-in read.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "builtins.h"
#include "memory.h"
#include "shell.h"
#include "variables.h"

// The next byte of standard input, which others read from, too: never more than that. -1 at the
// end.
static int next_byte(void) {
    unsigned char byte;
    ssize_t got;
    do {
        got = read(STDIN_FILENO, &byte, 1);
    } while (got < 0 && errno == EINTR && !interrupted);
    return got == 1 ? byte : -1;
}

// A line; what a backslash protects is marked in `quoted`. False at the end of the input.
static bool read_line(struct buffer *line, struct buffer *quoted, bool raw) {
    for (;;) {
        int c = next_byte();
        bool escaped = c == '\\' && !raw;
        if (escaped) {
            c = next_byte();
            if (c == '\n') {
                continue;
            }
        }
        if (c < 0 || (c == '\n' && !escaped)) {
            return c >= 0;
        }
        if (c != '\0') {
            buffer_add(line, (char)c);
            buffer_add(quoted, escaped ? 'q' : ' ');
        }
    }
}

static bool separates(const char *separators, const char *line, const char *quoted, size_t at,
                      bool blank) {
    char c = line[at];
    bool is_blank = c == ' ' || c == '\t' || c == '\n';
    return c != '\0' && quoted[at] != 'q' && strchr(separators, c) != NULL && is_blank == blank;
}

// Cuts off the next field, XCU 2.6.5; the last variable gets all that is left.
static char *next_field(const char *line, const char *quoted, size_t *at, bool last) {
    const char *separators = variable_get("IFS") != NULL ? variable_get("IFS") : " \t\n";
    while (separates(separators, line, quoted, *at, true)) {
        ++*at;
    }
    size_t start = *at;
    size_t end = start;
    while (line[end] != '\0' && (last || (!separates(separators, line, quoted, end, true) &&
                                          !separates(separators, line, quoted, end, false)))) {
        end++;
    }
    *at = end;
    while (separates(separators, line, quoted, *at, true)) {
        ++*at;
    }
    *at += separates(separators, line, quoted, *at, false);
    while (last && end > start && separates(separators, line, quoted, end - 1, true)) {
        end--;
    }
    return arena_copy(&scratch, line + start, end - start);
}

int read_main(int argc, char **argv) {
    bool raw = argc > 1 && strcmp(argv[1], "-r") == 0;
    struct buffer line = {.arena = &scratch};
    struct buffer quoted = {.arena = &scratch};
    int first = raw ? 2 : 1;
    if (first == argc) {
        complain("read: into which variable?");
        return STATUS_WRONG;
    }
    for (int i = first; i < argc; i++) {
        if (!is_name(argv[i], strlen(argv[i]))) {
            complain("read: %s: not a name", argv[i]);
            return STATUS_WRONG;
        }
    }
    bool complete = read_line(&line, &quoted, raw);
    const char *text = buffer_text(&line);
    const char *marks = buffer_text(&quoted);
    size_t at = 0;
    for (int i = first; i < argc; i++) {
        if (!variable_set(argv[i], next_field(text, marks, &at, i == argc - 1))) {
            return STATUS_WRONG;
        }
    }
    return complete ? 0 : 1;
}
