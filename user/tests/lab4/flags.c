// SPDX-License-Identifier: MIT
// Each descriptor has a flag of its own, FD_CLOEXEC, which is what whoever made it has asked for:
// in every way there is, in a child, where another one was before. No program is executed here.
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "cells.h"

static void sum(const char *what) {
    printf("%s: %d cells, %d are right\n", what, cells, right_cells);
    cells = right_cells = 0;
}

// A child has the same flags; what it does to its own is its own affair.
static void in_a_child(void) {
    if (fork() == 0) {
        check_rows();
        for (int i = 0; i < row_count; i++) {
            rows[i].flag = !rows[i].flag;
            cell(fcntl(rows[i].fd, F_SETFD, rows[i].flag) == 0, rows[i].name, "F_SETFD failed");
        }
        check_rows();
        sum("in a child");
        _exit(0);
    }
    wait(NULL);
    check_rows();
    sum("afterwards in its parent");
}

// What has the number of a descriptor with the flag has no flag, if nobody asks for it.
static void reopened(int file) {
    int ends[2];
    for (int i = 0; i < row_count; i++) {
        fcntl(rows[i].fd, F_SETFD, FD_CLOEXEC);
        close(rows[i].fd);
    }
    check_open("open again", open("rows", O_RDWR), 0, 'f');
    check_open("creat", creat("created", 0600), 0, 'w');
    // The register behind the one argument is none: syscall passes it on.
    set_up(syscall(SYS_pipe, ends, O_CLOEXEC | O_NONBLOCK) == 0);
    check_open("pipe, write end", ends[1], 0, 'w');
    check_open("pipe, read end", ends[0], 0, 'r');
    check_open("dup", dup(file), 0, 'f');
    check_open("F_DUPFD", fcntl(file, F_DUPFD, 0), 0, 'f');
    check_open("dup2", dup2(file, SPARE + 4), 0, 'f');
    check_open("dup3", dup3(file, SPARE + 5, 0), 0, 'f');
    sum("where one with the flag was");
}

// F_SETFD looks at one bit and no other; F_GETFD shows no other.
static void bits(int file) {
    static const long arguments[] = {1, 0, 3, 2, -1, -2, O_CLOEXEC, O_CLOEXEC | 1, 0x7ffffffe};
    for (unsigned i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
        int set = fcntl(file, F_SETFD, arguments[i]);
        cell(set == 0, "F_SETFD", "it does not answer 0");
        check_open("after F_SETFD", file, arguments[i] & 1, 'f');
        cell((fcntl(file, F_GETFL) & (O_CLOEXEC | O_APPEND | O_NONBLOCK)) == 0, "F_GETFL",
             "F_SETFD has changed it");
    }
    sum("bits of F_SETFD");
}

int main(void) {
    int file = SPARE + 20; // one that is not a row
    set_up(dup2(make_file(), file) == file);
    make_rows();
    check_rows();
    sum("every way");
    in_a_child();
    reopened(file);
    bits(file);
    return 0;
}
