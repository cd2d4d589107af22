// SPDX-License-Identifier: MIT
// env [-i] [-u NAME] [NAME=value ...] [program [argument ...]]: shows the environment, or runs a
// program with another one.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools.h"

enum { STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127, STATUS_ENV_FAILED = 125 };

static void show(void) {
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        puts(*variable);
    }
}

int env_main(int argc, char **argv) {
    static char *nothing[] = {NULL};
    int option;
    while ((option = getopt(argc, argv, "+iu:")) != -1) {
        if (option == '?') {
            fprintf(stderr,
                    "usage: env [-i] [-u NAME] [NAME=value ...] [program [argument ...]]\n");
            return STATUS_ENV_FAILED;
        }
        if (option == 'i') {
            environ = nothing;
        } else {
            unsetenv(optarg);
        }
    }
    for (; optind < argc && strchr(argv[optind], '=') != NULL; optind++) {
        char *equals = strchr(argv[optind], '=');
        *equals = '\0';
        if (setenv(argv[optind], equals + 1, 1) < 0) {
            fprintf(stderr, "env: %s: %s\n", argv[optind], strerror(errno));
            return STATUS_ENV_FAILED;
        }
    }
    if (optind == argc) {
        show();
        return 0;
    }
    execvp(argv[optind], argv + optind);
    int error = errno;
    fprintf(stderr, "env: %s: %s\n", argv[optind], strerror(error));
    return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}
