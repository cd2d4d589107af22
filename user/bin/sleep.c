// SPDX-License-Identifier: MIT
// sleep SECONDS: also with a fraction, as in 0.25.
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tools.h"

enum { NS_DIGITS = 9 };

int sleep_main(int argc, char **argv) {
    char *end = NULL;
    struct timespec span = {0, 0};
    if (argc == 2 && (isdigit((unsigned char)argv[1][0]) || argv[1][0] == '.')) {
        span.tv_sec = strtol(argv[1], &end, 10);
        end += *end == '.';
    }
    for (int i = 0; i < NS_DIGITS; i++) {
        bool digit = end != NULL && isdigit((unsigned char)*end);
        span.tv_nsec = span.tv_nsec * 10 + (digit ? *end++ - '0' : 0);
    }
    if (end == NULL || *end != '\0') {
        fprintf(stderr, "usage: sleep SECONDS\n");
        return 2;
    }
    while (nanosleep(&span, &span) < 0 && errno == EINTR) {
    }
    return 0;
}
