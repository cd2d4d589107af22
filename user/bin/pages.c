// SPDX-License-Identifier: MIT
// pages: how much memory this program has touched (lab 0).
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <tine.h>

#include "tools.h"

int pages_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    long pages = pages_present();
    if (pages < 0) {
        fprintf(stderr, "pages: %s\n", strerror(errno));
        return 1;
    }
    printf("%ld pages of this program have a frame\n", pages);
    return 0;
}
