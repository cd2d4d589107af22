// SPDX-License-Identifier: MIT
// kill [-s NAME | -NAME | -NUMBER] pid ...; kill -l [status ...]
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/signals.h"
#include "tools.h"

enum { WRONG_USE = 2 };

static int usage(void) {
    fprintf(stderr, "usage: kill [-s NAME | -NAME | -NUMBER] pid ..., kill -l [status ...]\n");
    return WRONG_USE;
}

static int list(char **statuses) {
    for (int number = 1; *statuses == NULL && number < NSIG; number++) {
        if (signal_name(number) != NULL) {
            puts(signal_name(number));
        }
    }
    for (; *statuses != NULL; statuses++) {
        int number = atoi(*statuses) & 0x7f; // an exit status of 128 + n, or n itself
        if (signal_name(number) == NULL) {
            fprintf(stderr, "kill: %s: not a signal\n", *statuses);
            return WRONG_USE;
        }
        puts(signal_name(number));
    }
    return 0;
}

static int send_to(const char *text, int number) {
    char *end;
    long pid = strtol(text, &end, 10);
    if (end == text || *end != '\0' || pid != (pid_t)pid) {
        fprintf(stderr, "kill: %s: not a process\n", text);
        return WRONG_USE;
    }
    if (kill((pid_t)pid, number) < 0) {
        fprintf(stderr, "kill: %s: %s\n", text, strerror(errno));
        return 1;
    }
    return 0;
}

int kill_main(int argc, char **argv) {
    char **at = argv + 1;
    int number = SIGTERM;
    if (argc > 1 && strcmp(*at, "-l") == 0) {
        return list(at + 1);
    }
    if (argc > 2 && strcmp(*at, "-s") == 0) {
        number = signal_number(at[1]);
        at += 2;
    } else if (argc > 1 && (*at)[0] == '-' && strcmp(*at, "--") != 0) {
        number = signal_number(*at + 1);
        at++;
    }
    if (number < 0) {
        fprintf(stderr, "kill: %s: not a signal\n", at[-1]);
        return WRONG_USE;
    }
    at += *at != NULL && strcmp(*at, "--") == 0;
    if (*at == NULL) {
        return usage();
    }
    int status = 0;
    for (; *at != NULL; at++) {
        status |= send_to(*at, number);
    }
    return status;
}
