// SPDX-License-Identifier: MIT
// $PATH may be as long as it likes. A directory that no path can lead to is left out. One to which
// a path can lead, only not to this name, is left out, or the search ends there, as on Linux; what
// it never does is to cut the path.
#include <limits.h>
#include <sys/stat.h>

#include "family.h"

enum { MANY = 2000, PATH_BYTES = 100000 };

#define PROGRAM ITSELF("path_long")

static char path[PATH_BYTES + 1];

static void search(const char *what, const char *file) {
    setenv("PATH", path, 1);
    printf("%s: %s\n", what, outcome_name(IN_CHILD(execvp(file, WORDS("name")))));
}

static void search_beyond(const char *what, const char *file) {
    setenv("PATH", path, 1);
    int how = IN_CHILD(execvp(file, WORDS("name")));
    printf("%s: %s\n", what, how == SECOND || how == -ENAMETOOLONG ? "not cut" : outcome_name(how));
}

static void append(const char *text) {
    strcat(path, text);
}

// Appends a directory of so many bytes, which leads to `end` if it is a path at all.
static void append_long(size_t bytes, const char *end) {
    char *at = path + strlen(path);
    size_t before = bytes - strlen(end);
    for (size_t i = 0; i < before; i++) {
        at[i] = i % 2 == before % 2 ? '.' : '/';
    }
    at[0] = '.';
    strcpy(at + before, end);
}

static void put_long(const char *name, const char *folder, enum place place) {
    char file[NAME_MAX + 16];
    snprintf(file, sizeof file, "%s/%s", folder, name);
    put_program(file, PROGRAM, place);
}

static void begin(const char *text) {
    strcpy(path, text);
}

int main(int argc, char **argv) {
    static char name[NAME_MAX + 1];
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    mkdir("second", 0755);
    memset(name, 'n', NAME_MAX);
    put_program("first/program", PROGRAM, FIRST);
    put_program("second/program", PROGRAM, SECOND);
    put_program("first/prog", PROGRAM, FIRST);
    put_long(name, "first", FIRST);
    put_long(name, "second", SECOND);

    begin("");
    append_long(PATH_MAX - 1 - strlen("/program"), "first");
    append(":second");
    search("the longest path", "program");
    begin("missing:");
    append_long(PATH_MAX - 1 - 1 - NAME_MAX, "first");
    search("with the longest name", name);
    begin("");
    append_long(PATH_MAX, "first");
    append(":second");
    search("as long as no path can be", "program");
    begin("");
    append_long(PATH_MAX - 1 - strlen("/prog"), "first");
    append(":second");
    search_beyond("with room for half the name", "program");
    begin("");
    append_long(PATH_MAX - 2, "first");
    append(":second");
    search_beyond("and the longest name", name);
    begin("missing:");
    append_long(PATH_MAX + 1000, "first");
    append(":");
    append_long(90000, "first");
    append(":second:first");
    search("far longer", "program");
    begin("missing:");
    append_long(20000, "first");
    search("nothing else", "missing");
    begin("");
    for (int i = 0; i < MANY; i++) {
        append(i % 2 == 0 ? "missing:" : ":");
    }
    append("second:first");
    search("thousands", "program");
    begin("");
    memset(path, ':', PATH_BYTES / 50);
    append("second");
    search("colons", "program");
    return 0;
}
