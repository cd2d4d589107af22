// SPDX-License-Identifier: MIT
// An empty element of $PATH, wherever it is, stands for the working directory; and nothing else
// does.
#include <sys/stat.h>

#include "family.h"

#define PROGRAM ITSELF("path_empty")

static void search(const char *what, const char *path, const char *file) {
    setenv("PATH", path, 1);
    printf("%s: %s\n", what, outcome_name(IN_CHILD(execvp(file, WORDS("name")))));
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("work", 0755);
    chdir("work"); // which is not the root directory
    mkdir("first", 0755);
    mkdir("second", 0755);
    put_program("program", PROGRAM, HERE);
    put_program("only", PROGRAM, HERE);
    put_program("first/program", PROGRAM, FIRST);
    put_program("second/late", PROGRAM, SECOND);
    search("none is empty", "first:second", "only");
    search("the first", ":first:second", "only");
    search("one between", "first::second", "only");
    search("the last", "first:second:", "only");
    search("nothing but a colon", ":", "only");
    search("nothing at all", "", "only");
    search("a dot", "first:.", "only");
    search("first come", ":first", "program");
    search("first served", "first:", "program");
    search("then the next", "first::second", "late");
    search("then again", ":::second:", "late");
    search("nowhere", ":first:", "missing");
    return 0;
}
