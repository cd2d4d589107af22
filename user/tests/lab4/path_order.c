// SPDX-License-Identifier: MIT
// A name is looked for in the directories of $PATH, one after the other; the first that has such a
// program runs it. A path is not looked for. $PATH is that of the caller, as it is at that moment.
#define _GNU_SOURCE // execvpe
#include <sys/stat.h>

#include "family.h"

#define PROGRAM ITSELF("path_order")
#define END ((char *)NULL)

static char directory[256]; // the working directory

static void prepare(void) {
    mkdir("first", 0755);
    mkdir("second", 0755);
    mkdir("first/second", 0755);
    put_program("program", PROGRAM, HERE);
    put_program("first/program", PROGRAM, FIRST);
    put_program("second/program", PROGRAM, SECOND);
    put_program("second/late", PROGRAM, SECOND);
    put_program("first/second/only", PROGRAM, FIRST);
    getcwd(directory, sizeof directory);
}

static void search(const char *what, const char *path, const char *file) {
    setenv("PATH", path, 1);
    printf("%s: %s\n", what, outcome_name(IN_CHILD(execvp(file, WORDS("name", "a")))));
}

static void search_paths(void) {
    char absolute[600];
    snprintf(absolute, sizeof absolute, "%s/second:%s/first", directory, directory);
    search("in both", "first:second", "program");
    search("the other way round", "second:first", "program");
    search("only in the second", "first:second", "late");
    search("behind what is not there", "missing:missing:first", "program");
    search("absolute", absolute, "program");
    search("with a slash behind it", "second/", "program");
    search("below a directory", "missing:first/second", "only");
    search("in none", "first:second", "missing");
    search("a path", "first", "./program");
    search("a path to another one", "first", "second/program");
    search("a path that is there only behind PATH", "first", "second/only");
    search("a slash at its end", "first", "program/");
}

// Both of them in one process: what has been found out for the first is not right for the second.
static int search_twice(void) {
    setenv("PATH", "missing", 1);
    execvp("program", WORDS("name"));
    setenv("PATH", "second", 1);
    return execlp("program", "program", END);
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    prepare();
    search_paths();
    printf("PATH changes: %s\n", outcome_name(IN_CHILD(search_twice())));
    char path[] = "PATH=second";
    environ = (char **)WORDS("X=Y", path, "PATH=first");
    printf("another environ: %s\n", outcome_name(IN_CHILD(execvp("program", WORDS("name")))));
    printf("execvpe: %s\n",
           outcome_name(IN_CHILD(execvpe("program", WORDS("name"), WORDS("PATH=first", "X=Y")))));
    printf("execvpe with no environment: %s\n",
           outcome_name(IN_CHILD(execvpe("program", WORDS("name"), NO_WORDS))));
    printf("execlp: %s\n", outcome_name(IN_CHILD(execlp("program", "program", END))));
    printf("execlp with a path: %s\n",
           outcome_name(IN_CHILD(execlp("./program", "./program", END))));
    return 0;
}
