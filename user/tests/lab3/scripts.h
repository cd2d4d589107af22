// SPDX-License-Identifier: MIT
// Scripts that a test makes and runs; their interpreter is the test itself, which prints how it was
// started.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include "../given/errors.h"
#include "again.h"

extern char **environ;

// Makes a script of one line.
static inline void make_script(const char *path, const char *line, mode_t mode) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    size_t bytes = strlen(line);
    if (file < 0 || write(file, line, bytes) != (ssize_t)bytes || close(file) < 0) {
        puts("the test could not be set up");
        _exit(1);
    }
}

// Runs a script, and says what has become of it, unless it has been run.
static inline void run(const char *what, const char *path, char *const argv[]) {
    printf("%s:", what);
    fflush(stdout);
    int how = execute(path, argv, WORDS("X=Y"));
    if (how != 0) {
        printf(" %s\n", how < 0 ? error_name(-how) : "it was killed");
    }
}

// The interpreter: prints its strings; the path by which the scripts name it, perhaps behind
// slashes, is `itself`.
static inline int interpret(int argc, char **argv, const char *itself) {
    enum { SHOWN = 60 };
    for (int i = 0; i < argc; i++) {
        size_t length = strlen(argv[i]);
        if (length >= strlen(itself) && strcmp(argv[i] + length - strlen(itself), itself) == 0) {
            printf(" itself");
        } else if (length > SHOWN) {
            printf(" <to byte %zu>", strlen("#!") + strlen(itself) + 1 + length);
        } else {
            printf(" <%s>", argv[i]);
        }
    }
    puts(environ[0] != NULL && strcmp(environ[0], "X=Y") == 0 && environ[1] == NULL
             ? ""
             : "; and the environment has changed");
    return 0;
}
