// SPDX-License-Identifier: MIT
// Without $PATH, programs are looked for in /bin and /usr/bin, and not in the working directory.
#include <sys/stat.h>

#include "family.h"

#define PROGRAM ITSELF("path_default")

static void search(const char *what, const char *file) {
    printf("%s: %s\n", what, outcome_name(IN_CHILD(execvp(file, WORDS(file)))));
}

static void search_default(void) {
    int how = IN_CHILD(execvp("false", WORDS("false")));
    printf("in /bin: %s\n", how == 1 ? "false" : outcome_name(how));
    how = IN_CHILD(execvp("head", WORDS("head", "/dev/null")));
    printf("in /usr/bin: %s\n", how == 0 ? "head" : outcome_name(how));
    search("here", "only");
    search("a path", "./only");
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
#ifdef __tine__ // elsewhere /usr/bin has such a program; here, one with nothing to do plays it
    mkdir("/usr", 0755);
    mkdir("/usr/bin", 0755);
    symlink("/bin/true", "/usr/bin/head");
#endif
    mkdir("first", 0755);
    put_program("only", PROGRAM, HERE);
    put_program("head", PROGRAM, HERE);
    put_program("first/false", PROGRAM, FIRST);
    unsetenv("PATH");
    search_default();
    environ = (char **)WORDS("X=Y", "PATHS=first", "APATH=first", "PATH", "path=first");
    search_default();
    environ = (char **)NO_WORDS;
    search_default();
    environ = NULL;
    search_default();
    return 0;
}
