// SPDX-License-Identifier: MIT
// With 0 to 20 arguments, in an array or listed one by one, and with many: a program finds as many,
// and the same.
#include "asked.h"

#include "counted.h"

#define PROGRAM ITSELF("list_words")
#define END ((char *)NULL)

// What lies behind the list is not to be looked at.
#define BEHIND "behind the end", "behind the end", END

static int call_execv(int count, char **w) {
    (void)count;
    return execv(PROGRAM, w);
}

static int call_execl(int count, char **w) {
    WITH_COUNT(count, execl, PROGRAM, END, BEHIND)
    return 0;
}

static int call_execle(int count, char **w) {
    WITH_COUNT(count, execle, PROGRAM, END, environ, BEHIND)
    return 0;
}

static void try_all(const char *name, int least, int (*call)(int count, char **w)) {
    int good = 0;
    for (int count = least; count <= MOST; count++) {
        char **words = some_words(count);
        ask(words, environ);
        int how = IN_CHILD(call(count, words));
        good += how == STARTED;
        if (how != STARTED) {
            printf("%s with %d arguments: %s\n", name, count, outcome_name(how));
        }
    }
    printf("%s: %d programs have found what they should\n", name, good);
}

// An array of a fixed size would have no room for so many. What has been overwritten then is missed
// only by a call that returns.
static void try_many(void) {
    char *words[MANY + 1] = {NULL};
    char **w = some_words(MOST);
    for (int i = 0; i < MANY; i++) {
        words[i] = w[i % MOST];
    }
    ask(words, environ);
    int how = IN_CHILD(execl(PROGRAM LIST_MANY, END, BEHIND));
    printf("execl with %d arguments: %s\n", MANY, outcome_name(how));
    how = IN_CHILD(execl("nowhere" LIST_MANY, END, BEHIND));
    printf("%d, and no such program: %s\n", MANY, outcome_name(how));
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return compare(argv);
    }
    environ = (char **)WORDS("X=Y");
    try_all("execv", 0, call_execv);
    try_all("execl", 0, call_execl);
    try_all("execle", 1, call_execle); // of none, list_strings knows
    try_many();
    return 0;
}
