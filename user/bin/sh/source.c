// SPDX-License-Identifier: MIT
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "shell.h"
#include "variables.h"

struct source source_of_text(const char *text, const char *name, int line) {
    return (struct source){.name = name, .line = line, .fd = -1, .text = text};
}

static void prompt(struct source *source) {
    const char *text = variable_get(source->new_command ? "PS1" : "PS2");
    source->new_command = false;
    fprintf(stderr, "%s", text != NULL ? text : "");
}

static int read_byte(struct source *source) {
    if (source->next == source->end) {
        size_t wanted = source->one_by_one ? 1 : SOURCE_BYTES;
        ssize_t got;
        if (source->prompting && source->last == '\n') {
            prompt(source);
        }
        do {
            got = read(source->fd, source->ahead, wanted);
        } while (got < 0 && errno == EINTR && !interrupted);
        if (got < 0 && errno == EINTR) { // ^C: nothing of what was typed is run
            return SOURCE_END;
        }
        source->next = 0;
        source->end = got > 0 ? (size_t)got : 0;
        if (got <= 0) {
            return SOURCE_END;
        }
    }
    return (unsigned char)source->ahead[source->next++];
}

int source_get(struct source *source) {
    if (source->pushed_count > 0) {
        return source->pushed[--source->pushed_count];
    }
    int c;
    do {
        if (source->fd >= 0) {
            c = read_byte(source);
        } else {
            c = *source->text != '\0' ? (unsigned char)*source->text++ : SOURCE_END;
        }
    } while (c == '\0');
    source->line += source->last == '\n';
    source->last = c;
    return c;
}

void source_unget(struct source *source, int c) {
    source->pushed[source->pushed_count++] = c;
}

void source_skip_line(struct source *source) {
    int c = source->last;
    source->pushed_count = 0;
    while (c != '\n' && c != SOURCE_END) {
        c = source_get(source);
    }
}
