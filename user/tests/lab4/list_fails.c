// SPDX-License-Identifier: MIT
// A call that fails says -1 and execve's error, a thousand times over, and its caller is as it was.
// The path is a path: nothing is searched for, and no shell is asked.
#include <stdint.h>
#include <sys/stat.h>
#include <tine.h>

#include "family.h"

#include "counted.h"

enum { ROUNDS = 1000, TOO_LONG = 131072 };

#define PROGRAM ITSELF("list_fails")
#define END ((char *)NULL)

static int call_execl(const char *path, int count, char **w) {
    WITH_COUNT(count, execl, path, END)
    return 0;
}

static int call_execle(const char *path, int count, char **w) {
    WITH_COUNT(count, execle, path, END, WORDS("OF=execle"))
    return 0;
}

// Makes the three calls, which are to answer the same.
static void try_path(const char *what, const char *path, const char *word) {
    printf("%s: execv %s\n", what, outcome_name(IN_CHILD(execv(path, WORDS(word)))));
    printf("%s: execl %s\n", what, outcome_name(IN_CHILD(execl(path, word, END))));
    printf("%s: execle %s\n", what, outcome_name(IN_CHILD(execle(path, word, END, environ))));
}

static void try_errors(void) {
    static char longest[TOO_LONG + 1];
    memset(longest, 'l', TOO_LONG);
    try_path("no such file", "missing", "w");
    try_path("a name", "program", "w"); // it is in first/, and PATH says so
    try_path("through a file", "text/program", "w");
    try_path("a directory", "first", "w");
    try_path("without permission", "forbidden", "w");
    try_path("a link to itself", "loop", "w");
    try_path("an empty path", "", "w");
    try_path("a text", "text", "w");
    try_path("a long word", PROGRAM, longest);
    try_path("as a path", "first/program", "w");
}

// What must not change: the variables that functions could use to find their way, and what they
// would leave behind.
struct state {
    char **environment;
    int descriptor; // the lowest that is free
    uintptr_t heap;
    long pages;
};

static struct state look(void) {
    struct state state = {.environment = environ};
    state.descriptor = dup(1);
    close(state.descriptor);
    state.heap = (uintptr_t)sbrk(0);
    state.pages = pages_present();
    return state;
}

static int fails(int answer) {
    return answer == -1 && errno == ENOENT;
}

static int try_round(int round) {
    char **words = some_words(MOST);
    char *copy[MOST + 1];
    memcpy(copy, words, sizeof copy);
    int count = round % (MOST + 1);
    errno = 0;
    int failed = fails(call_execl("missing", count, words));
    errno = 0;
    failed += fails(call_execle("missing", count, words));
    errno = 0;
    failed += fails(execv("missing", words));
    return failed + (memcmp(copy, words, sizeof copy) == 0);
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    put_program("first/program", PROGRAM, FIRST);
    make_script("forbidden", "#!" PROGRAM "\n", 0644);
    make_script("text", "exit 14\n", 0755);
    symlink("loop", "loop");
    environ = (char **)WORDS("PATH=first", "X=Y");
    try_errors();

    struct state before = look();
    char **environment = before.environment;
    int good = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (i == MOST + 1) { // the stack has its pages by now
            before = look();
        }
        good += try_round(i) == 4;
    }
    struct state after = look();
    printf("%d times all failed with ENOENT, and the words were as before\n", good);
    printf("environ: %s\n", after.environment == environment ? "as before" : "changed");
    printf("a descriptor more: %d\n", after.descriptor - before.descriptor);
    printf("the heap: %s\n", after.heap == before.heap ? "as before" : "changed");
    printf("pages more: %ld\n", after.pages - before.pages);
    return 0;
}
