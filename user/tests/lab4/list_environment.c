// SPDX-License-Identifier: MIT
// execv and execl pass on `environ` as it is at the moment of the call, string by string; execle
// passes on the array behind its list.
#include "../lab3/shown.h"
#include "family.h"

#define PROGRAM ITSELF("list_environment")
#define END ((char *)NULL)

static void expect_started(int how) {
    if (how != STARTED) {
        printf("it was not started: %s\n", outcome_name(how));
    }
}

int main(int argc, char **argv) {
    if (getpid() != 1) {
        show_strings(argc, argv);
        return STARTED;
    }
    environ = (char **)WORDS("FIRST=1", "SECOND=2");
    expect_started(IN_CHILD(execv(PROGRAM, WORDS("v"))));
    setenv("THIRD", "3", 1);
    expect_started(IN_CHILD(execv(PROGRAM, WORDS("v, set"))));
    setenv("FIRST", "one", 1);
    unsetenv("SECOND");
    expect_started(IN_CHILD(execl(PROGRAM, "l, changed", END)));

    environ = (char **)WORDS("B=2", "A=1", "B=3", "no equals sign", "", "A=", "=");
    expect_started(IN_CHILD(execv(PROGRAM, WORDS("v, another"))));
    expect_started(IN_CHILD(execl(PROGRAM, "l, another", END)));
    environ++;
    expect_started(IN_CHILD(execl(PROGRAM, "l, from its second", END)));
    expect_started(IN_CHILD(execle(PROGRAM, "e", END, WORDS("Z=26", "Y=25", "Z=0", "none"))));
    expect_started(IN_CHILD(execle(PROGRAM, "e, nothing", END, NO_WORDS)));
    expect_started(IN_CHILD(execle(PROGRAM, "e, 1", "2", "3", "4", "5", "6", "7", END, environ)));

    environ = (char **)NO_WORDS;
    expect_started(IN_CHILD(execv(PROGRAM, WORDS("v, nothing"))));
    expect_started(IN_CHILD(execl(PROGRAM, "l, nothing", "2", END)));
    environ = NULL;
    expect_started(IN_CHILD(execv(PROGRAM, WORDS("v, no array"))));
    expect_started(IN_CHILD(execle(PROGRAM, "e, an array", END, WORDS("V=1"))));
    return 0;
}
