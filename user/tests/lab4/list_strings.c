// SPDX-License-Identifier: MIT
// Arguments are passed on as they are: also empty ones, long ones, and those that have nothing to
// do with the path. The list ends with its NULL, whatever follows.
#include "../lab3/shown.h"
#include "family.h"

enum { LONG = 100000 };

#define PROGRAM ITSELF("list_strings")
#define END ((char *)NULL)

static void expect_started(int how) {
    if (how != STARTED) {
        printf("it was not started: %s\n", outcome_name(how));
    }
}

int main(int argc, char **argv) {
    static char longest[LONG + 1];
    if (getpid() != 1) {
        show_strings(argc, argv);
        return STARTED;
    }
    memset(longest, 'l', LONG);
    environ = (char **)WORDS("X=Y");
    expect_started(IN_CHILD(execl(PROGRAM, "", END)));
    expect_started(IN_CHILD(execl(PROGRAM, "", "", "-x", "", END)));
    expect_started(IN_CHILD(execle(PROGRAM, "a", "", "b", "", END, environ)));
    expect_started(IN_CHILD(execv(PROGRAM, WORDS("", "", "c"))));
    expect_started(IN_CHILD(execl(PROGRAM, "a name", "a", "a", END, "not this", "nor this")));
    expect_started(IN_CHILD(execl(PROGRAM, END, "not this", END)));
    expect_started(IN_CHILD(execle(PROGRAM, "b", END, environ, "not this")));
    expect_started(IN_CHILD(execl(PROGRAM, "long", longest, longest + 1, "end", END)));
    environ = (char **)WORDS("ONLY=this");
    expect_started(IN_CHILD(execle(PROGRAM, END, environ, END, NO_WORDS)));
    environ = (char **)WORDS(longest + 2);
    expect_started(IN_CHILD(execle(PROGRAM, "long", longest, "end", END, environ)));
    return 0;
}
