// SPDX-License-Identifier: MIT
// The orderly end of a program, and the other one.
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"

enum { FUNCTIONS = 32 };

static void (*functions[FUNCTIONS])(void);
static int registered;

// A program that uses no streams has none to write out, and is not linked with them.
__attribute__((weak)) void stdio_end(void);

int atexit(void (*function)(void)) {
    if (registered == FUNCTIONS) {
        return -1;
    }
    functions[registered++] = function;
    return 0;
}

_Noreturn void exit(int status) {
    while (registered > 0) {
        functions[--registered]();
    }
    if (stdio_end != NULL) {
        stdio_end();
    }
    _exit(status);
}

_Noreturn void abort(void) {
    raise(SIGABRT);
    sigaction(SIGABRT, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    raise(SIGABRT);
    _exit(127);
}
