// SPDX-License-Identifier: MIT
// What may not be executed does not end the search; but if nothing is found, this is what is said.
#include <sys/stat.h>

#include "family.h"

enum { NOBODY = 65534 };

#define PROGRAM ITSELF("path_denied")

static void search(const char *what, const char *path, const char *file) {
    setenv("PATH", path, 1);
    errno = 0;
    printf("%s: %s\n", what, outcome_name(IN_CHILD(execvp(file, WORDS("name")))));
}

// Both of them in one process: the first is not there for want of a right, the second is not there.
static int search_twice(void) {
    setenv("PATH", "first:second", 1);
    execvp("forbidden", WORDS("name"));
    return execvp("missing", WORDS("name"));
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    mkdir("second", 0755);
    mkdir("first/directory", 0755);
    mkdir("second/below", 0755);
    make_script("first/program", "#!" PROGRAM "\n", 0644);
    make_script("first/forbidden", "#!" PROGRAM "\n", 0644);
    put_program("second/program", PROGRAM, SECOND);
    put_program("second/directory", PROGRAM, SECOND);
    put_program("second/late", PROGRAM, SECOND);
    make_script("first/private", "#!" PROGRAM " 12\n", 0700);
    search("the next one is found", "first:second", "program");
    search("one later still", "first:missing:first:second", "program");
    search("before it", "second:first", "program");
    search("a directory of that name", "first:second", "directory");
    search("nothing but that", "first", "forbidden");
    search("nothing but a directory", "first", "directory");
    search("then not there", "first:second", "forbidden");
    search("first not there", "second:first", "forbidden");
    search("in the working directory", "second:.", "second");
    printf("another name, which nobody has: %s\n", outcome_name(IN_CHILD(search_twice())));
    search("a path", "second", "first/program");
    setenv("PATH", "first:second", 1);
    printf("of root, for root, whoever has called: %s\n",
           outcome_name(IN_CHILD((setresuid(NOBODY, 0, 0), execvp("private", WORDS("name"))))));
    return 0;
}
