// SPDX-License-Identifier: MIT
// What the tests of the exec family share. They execute themselves, in children: what was started
// by the grader is process 1, and anything else is what was executed. (The arguments do not tell;
// they are what is tested.) A child whose call comes back exits with more than programs do.
#pragma once

#include "itself.h"

#include "../lab3/scripts.h"

// Makes a call of the exec family in a child; what has become of it, as outcome() says it.
#define IN_CHILD(call)                  \
    ({                                  \
        pid_t child = fork();           \
        if (child == 0) {               \
            (void)(call);               \
            _exit(EXEC_FAILED + errno); \
        }                               \
        outcome(child);                 \
    })

// What a program exits with that was found in this place, or was started as it should be.
enum place { STARTED = 7, HERE = 11, FIRST, SECOND, THIRD };

// An outcome in words.
static inline const char *outcome_name(int how) {
    static const char *const places[] = {"here", "first", "second", "third"};
    return how < 0                       ? error_name(-how)
           : how == STARTED              ? "started"
           : how >= HERE && how <= THIRD ? places[how - HERE]
           : how >= KILLED               ? "it was killed"
                                         : "something else";
}

// Makes a program that tells where it was found: a script that the test, `itself`, interprets.
static inline void put_program(const char *path, const char *itself, enum place place) {
    char line[64];
    snprintf(line, sizeof line, "#!%s %d\n", itself, (int)place);
    make_script(path, line, 0755);
}

// The interpreter of such programs.
static inline int tell_place(char **argv) {
    return argv[0] != NULL && argv[1] != NULL ? atoi(argv[1]) : 1;
}
