// SPDX-License-Identifier: MIT
// A program that has been looked for finds the words and the environment that were given, as one
// that is called by its path does: of execlp, execvp and execvpe.
#define _GNU_SOURCE // execvpe
#include <sys/stat.h>

#include "asked.h"

#include "counted.h"

#define NAME "program"
#define END ((char *)NULL)

static char *const *variables;

static int call_execlp(int count, char **w) {
    WITH_COUNT(count, execlp, NAME, END, "behind the end", END)
    return 0;
}

static int call_execvp(int count, char **w) {
    (void)count;
    return execvp(NAME, w);
}

static int call_execvpe(int count, char **w) {
    (void)count;
    return execvpe(NAME, w, variables);
}

static void try_all(const char *name, int (*call)(int count, char **w), char *const *wanted) {
    int good = 0;
    for (int count = 0; count <= MOST; count++) {
        char **words = some_words(count);
        ask(words, wanted);
        int how = IN_CHILD(call(count, words));
        good += how == STARTED;
        if (how != STARTED) {
            printf("%s with %d arguments: %s\n", name, count, outcome_name(how));
        }
    }
    printf("%s: %d programs have found what they should\n", name, good);
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return compare(argv);
    }
    mkdir("first", 0755);
    symlink(ITSELF("path_words"), "first/" NAME);
    environ = (char **)WORDS("B=2", "B=3", "nothing", "");
    setenv("PATH", "missing:first", 1);
    variables = WORDS("Z=26", "Z=25", "", "PATH=missing", "A=");
    try_all("execlp", call_execlp, environ);
    try_all("execvp", call_execvp, environ);
    try_all("execvpe", call_execvpe, variables);
    variables = NO_WORDS;
    try_all("execvpe without any", call_execvpe, variables);
    environ++;
    try_all("execvp, another environ", call_execvp, environ);
    return 0;
}
