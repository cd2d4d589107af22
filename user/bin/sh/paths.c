// SPDX-License-Identifier: MIT
// Patterns that stand for the paths that fit them: XCU 2.13.3.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "expand.h"
#include "pattern.h"

// What is left of a pattern is looked for below `path`, whose length is remembered so that it can
// be cut back: one buffer serves for all.
static void look_in(struct buffer *path, const char *pattern, struct fields *fields);

static bool is_pattern(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\') {
            i++;
        } else if (strchr("*?[", text[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void add_component(struct buffer *path, const char *name) {
    buffer_add_text(path, name, strlen(name));
}

// The component is no pattern: one path to try.
static void look_at(struct buffer *path, char *name, const char *rest, struct fields *fields) {
    size_t length = path->length;
    struct stat status;
    pattern_to_text(name);
    add_component(path, name);
    if (*rest != '\0') {
        look_in(path, rest, fields);
    } else if (lstat(buffer_text(path), &status) == 0) {
        fields_add(fields, arena_copy(&scratch, path->text, path->length));
    }
    path->length = length;
}

static void look_through(struct buffer *path, const char *name, const char *rest,
                         struct fields *fields) {
    DIR *directory = opendir(path->length > 0 ? buffer_text(path) : ".");
    if (directory == NULL) {
        return;
    }
    size_t length = path->length;
    bool dots = name[name[0] == '\\'] == '.';
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if ((entry->d_name[0] == '.') == dots && pattern_fits(name, entry->d_name)) {
            add_component(path, entry->d_name);
            if (*rest != '\0') {
                look_in(path, rest, fields);
            } else {
                fields_add(fields, arena_copy(&scratch, buffer_text(path), path->length));
            }
            path->length = length;
        }
    }
    closedir(directory);
}

static void look_in(struct buffer *path, const char *pattern, struct fields *fields) {
    size_t length = path->length;
    while (*pattern == '/') {
        buffer_add(path, *pattern++);
    }
    size_t component = strcspn(pattern, "/");
    char *name = arena_copy(&scratch, pattern, component);
    const char *rest = pattern + component;
    if (component == 0) {
        struct stat status;
        if (stat(buffer_text(path), &status) == 0 && S_ISDIR(status.st_mode)) {
            fields_add(fields, arena_copy(&scratch, path->text, path->length));
        }
    } else if (is_pattern(name, component)) {
        look_through(path, name, rest, fields);
    } else {
        look_at(path, name, rest, fields);
    }
    path->length = length;
}

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool pattern_add_paths(const char *pattern, struct fields *fields) {
    size_t before = fields->count;
    struct buffer path = {.arena = &scratch};
    look_in(&path, pattern, fields);
    if (fields->count == before) {
        return false;
    }
    qsort(fields->items + before, fields->count - before, sizeof *fields->items, compare);
    return true;
}
