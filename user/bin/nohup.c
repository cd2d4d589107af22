// SPDX-License-Identifier: MIT
// nohup program [argument ...]: runs a program that goes on when its terminal hangs up. (POSIX also
// sends its output to a file, if it would go to the terminal.)
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools.h"

enum { STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127 };

int nohup_main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: nohup program [argument ...]\n");
        return STATUS_NOT_FOUND;
    }
    signal(SIGHUP, SIG_IGN);
    if (isatty(STDOUT_FILENO)) {
        int fd = open("nohup.out", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd < 0) {
            fprintf(stderr, "nohup: nohup.out: %s\n", strerror(errno));
            return STATUS_NOT_FOUND;
        }
        dup2(fd, STDOUT_FILENO); // which has no flag: it stays open
    }
    execvp(argv[1], argv + 1);
    int error = errno;
    fprintf(stderr, "nohup: %s: %s\n", argv[1], strerror(error));
    return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}
