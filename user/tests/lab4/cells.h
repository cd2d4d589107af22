// SPDX-License-Identifier: MIT
// Descriptors made in every way there is, with the flag FD_CLOEXEC and without it: rows of a table.
// A cell of the table is what has become of one after a fork, an exec, an exec that failed.
//
// A program that is executed is told by words of what it must find: `NAME=DESCRIPTOR` followed by o
// (open) or c (closed) and f, r or w: a file, a pipe's end for reading or for writing.
#pragma once

#include <fcntl.h>
#include <signal.h>

#include "itself.h"

enum { ROWS = 32, WORD_BYTES = 64, BYTES_IN_PIPE = 64, SPARE = 100 };

struct row {
    const char *name;
    int fd;
    int flag;
    char kind; // f, r or w
};

static struct row rows[ROWS];
static int row_count;
static int cells;       // how many were looked at
static int right_cells; // and were as they should be

static inline void set_up(int good) {
    if (!good) {
        puts("the test could not be set up");
        _exit(1);
    }
}

static inline void add(const char *name, int fd, int flag, char kind) {
    set_up(row_count < ROWS);
    rows[row_count++] = (struct row){name, fd, flag, kind};
}

// Can the descriptor be used for what it is?
static inline int works(int fd, char kind) {
    char byte = '?';
    switch (kind) {
    case 'f':
        return pread(fd, &byte, 1, 2) == 1 && byte == 'f';
    case 'r':
        return read(fd, &byte, 1) == 1 && byte == 'p';
    default:
        return write(fd, "p", 1) == 1 || errno == EPIPE; // it may be the one end that is left
    }
}

// Complains about a cell unless it is right.
static inline void cell(int good, const char *name, const char *problem) {
    cells++;
    right_cells += good;
    if (!good) {
        printf("WRONG: %s: %s\n", name, problem);
    }
}

// A cell: the descriptor is open, can be used, and has the flag that it should have.
static inline void check_open(const char *name, int fd, int flag, char kind) {
    int got = fcntl(fd, F_GETFD);
    cell(got == flag && works(fd, kind), name,
         got < 0       ? "it is closed"
         : got != flag ? (flag ? "it has lost the flag" : "it has got the flag")
                       : "it is another file");
}

static inline void check_closed(const char *name, int fd) {
    int got = fcntl(fd, F_GETFD);
    int error = errno;
    cell(got < 0 && error == EBADF && close(fd) < 0, name, "it is still open");
}

static inline int make_file(void) {
    int fd = open("rows", O_RDWR | O_CREAT | O_TRUNC, 0600);
    set_up(fd >= 0 && write(fd, "..f", 3) == 3);
    return fd;
}

static inline void add_pipe(const char *reading, const char *writing, int flags, int set) {
    char bytes[BYTES_IN_PIPE];
    int ends[2];
    memset(bytes, 'p', sizeof bytes);
    set_up(pipe2(ends, flags) == 0 && write(ends[1], bytes, sizeof bytes) == BYTES_IN_PIPE);
    if (set >= 0) {
        set_up(fcntl(ends[set], F_SETFD, FD_CLOEXEC) == 0);
    }
    add(reading, ends[0], flags != 0 || set == 0, 'r');
    add(writing, ends[1], flags != 0 || set == 1, 'w');
}

// All rows. `file` has no flag, `flagged` has: a duplicate's flag has nothing to do with either.
static inline void make_rows(void) {
    int file = make_file();
    int flagged = open("rows", O_RDWR | O_CLOEXEC);
    row_count = 0;
    add("open", file, 0, 'f');
    add("open, O_CLOEXEC", flagged, 1, 'f');
    add("openat", openat(AT_FDCWD, "rows", O_RDONLY), 0, 'f');
    add("openat, O_CLOEXEC", openat(AT_FDCWD, "rows", O_RDONLY | O_CLOEXEC), 1, 'f');
    add_pipe("pipe2, read end", "pipe2, write end", 0, -1);
    add_pipe("pipe2, O_CLOEXEC, read end", "pipe2, O_CLOEXEC, write end", O_CLOEXEC, -1);
    add_pipe("F_SETFD, read end", "without it, write end", 0, 0);
    add_pipe("without it, read end", "F_SETFD, write end", 0, 1);
    add("dup", dup(file), 0, 'f');
    add("dup of one with the flag", dup(flagged), 0, 'f');
    add("dup2", dup2(file, SPARE), 0, 'f');
    add("dup2 of one with the flag", dup2(flagged, SPARE + 1), 0, 'f');
    set_up(dup3(file, SPARE + 2, O_CLOEXEC) == SPARE + 2);
    add("dup2 over one with the flag", dup2(flagged, SPARE + 2), 0, 'f');
    add("dup3", dup3(flagged, SPARE + 3, 0), 0, 'f');
    add("dup3, O_CLOEXEC", dup3(file, SPARE + 4, O_CLOEXEC), 1, 'f');
    set_up(dup2(file, SPARE + 5) == SPARE + 5);
    add("dup3 over one without the flag, O_CLOEXEC", dup3(file, SPARE + 5, O_CLOEXEC), 1, 'f');
    add("F_DUPFD", fcntl(file, F_DUPFD, SPARE), 0, 'f');
    add("F_DUPFD of one with the flag", fcntl(flagged, F_DUPFD, 3 * SPARE), 0, 'f');
    add("F_DUPFD_CLOEXEC", fcntl(file, F_DUPFD_CLOEXEC, SPARE), 1, 'f');
    add("F_DUPFD_CLOEXEC of one with the flag", fcntl(flagged, F_DUPFD_CLOEXEC, 3 * SPARE), 1, 'f');
    add("F_SETFD", fcntl(file, F_DUPFD, SPARE), 1, 'f');
    set_up(fcntl(rows[row_count - 1].fd, F_SETFD, FD_CLOEXEC) == 0);
    add("F_SETFD, and again", fcntl(file, F_DUPFD_CLOEXEC, SPARE), 0, 'f');
    set_up(fcntl(rows[row_count - 1].fd, F_SETFD, 0) == 0);
    signal(SIGPIPE, SIG_IGN);
}

// A cell for each row: it is open, and has its flag.
static inline void check_rows(void) {
    for (int i = 0; i < row_count; i++) {
        check_open(rows[i].name, rows[i].fd, rows[i].flag, rows[i].kind);
    }
}

// What another program is told of the rows, behind the first `begin` words.
static inline void add_words(const char *words[], int begin) {
    static char texts[ROWS][WORD_BYTES];
    for (int i = 0; i < row_count; i++) {
        snprintf(texts[i], WORD_BYTES, "%s=%d%c%c", rows[i].name, rows[i].fd,
                 rows[i].flag ? 'c' : 'o', rows[i].kind);
        words[begin + i] = texts[i];
    }
    words[begin + row_count] = NULL;
}

// The other program: a cell for each word. Returns the exit status: 0 if all are right.
static inline int check_words(const char *what, char *words[]) {
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; words[i] != NULL; i++) {
        char *equals = strrchr(words[i], '=');
        set_up(equals != NULL);
        *equals = '\0';
        char *end = NULL;
        int fd = (int)strtol(equals + 1, &end, 10);
        if (end[0] == 'c') {
            check_closed(words[i], fd);
        } else {
            check_open(words[i], fd, 0, end[1]);
        }
    }
    printf("%s: %d cells, %d are right\n", what, cells, right_cells);
    return cells == right_cells ? 0 : 1;
}
