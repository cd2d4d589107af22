// SPDX-License-Identifier: MIT
// ENOENT and ENOTDIR let the search go on; other errors are its answer. Names have their limits.
#include <limits.h>
#include <sys/stat.h>

#include "family.h"

enum { TOO_LONG = 131072 };

#define PROGRAM ITSELF("path_errors")

static void search(const char *what, const char *path, const char *file, const char *word) {
    setenv("PATH", path, 1);
    printf("%s: %s\n", what, outcome_name(IN_CHILD(execvp(file, WORDS("name", word)))));
}

int main(int argc, char **argv) {
    static char longest[TOO_LONG + 1];
    static char name[NAME_MAX + 2];
    char path[NAME_MAX + 16];
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    mkdir("second", 0755);
    make_script("file", "", 0644);
    make_script("first/denied", "", 0644);
    symlink("loop", "first/loop");
    symlink("missing", "first/dangling");
    mkdir("third", 0755);
    symlink("denied", "third/denied");
    put_program("second/program", PROGRAM, SECOND);
    put_program("second/loop", PROGRAM, SECOND);
    put_program("second/dangling", PROGRAM, SECOND);
    put_program("second/denied", PROGRAM, SECOND);
    put_program("first/program", PROGRAM, FIRST);
    make_script("first/orphan", "#!/no/such/interpreter\n", 0755);
    put_program("second/orphan", PROGRAM, SECOND);
    memset(longest, 'l', TOO_LONG);

    search("through a file", "file:second", "program", "w");
    search("the last is no directory", "missing:file", "program", "w");
    search("the last is not there", "file:missing", "program", "w");
    search("a link to nothing", "first:second", "dangling", "w");
    search("without its interpreter", "first:second", "orphan", "w");
    search("a link to itself", "first:second", "loop", "w");
    search("such a link, after what is denied", "first:third:second", "denied", "w");
    search("a long word", "missing:first:second", "program", longest);
    search("no name", "first:second:", "", "w");
    memset(name, 'n', NAME_MAX);
    snprintf(path, sizeof path, "second/%s", name);
    put_program(path, PROGRAM, SECOND);
    search("a long name", "missing:first:file:second", name, "w");
    name[NAME_MAX] = 'n';
    search("one that is too long", "first:second", name, "w");
    return 0;
}
