// SPDX-License-Identifier: MIT
// cat [file ...]: copies to standard output; without files, or for "-", from standard input.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools.h"

static int complain(const char *name) {
    fprintf(stderr, "cat: %s: %s\n", name, strerror(errno));
    return 1;
}

static int copy(int fd, const char *name) {
    char bytes[4096];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) != 0) {
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return complain(name);
        }
        for (ssize_t done = 0; done < got;) {
            ssize_t written = write(STDOUT_FILENO, bytes + done, (size_t)(got - done));
            if (written < 0 && errno != EINTR) {
                return complain("standard output");
            }
            done += written > 0 ? written : 0;
        }
    }
    return 0;
}

static int copy_file(const char *name) {
    if (strcmp(name, "-") == 0) {
        return copy(STDIN_FILENO, name);
    }
    int fd = open(name, O_RDONLY);
    if (fd < 0) {
        return complain(name);
    }
    int status = copy(fd, name);
    close(fd);
    return status;
}

int cat_main(int argc, char **argv) {
    int status = argc < 2 ? copy(STDIN_FILENO, "-") : 0;
    for (int i = 1; i < argc; i++) {
        status |= copy_file(argv[i]);
    }
    return status;
}
