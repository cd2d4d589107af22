// SPDX-License-Identifier: MIT
// Descriptors made in every way, with the flag and without, after an exec: of a program, of a
// script, by a child of whoever made them. And an exec that closes every one, every second one, the
// last one, of 1,000. Each is proven to be open before; the program that finds them says what it
// finds.
#define _GNU_SOURCE
#include <sys/resource.h>

#include "cells.h"

enum { FIRST_OF_MANY = 24, MANY = 1000, END_OF_MANY = FIRST_OF_MANY + MANY };

static const char *const patterns[] = {"none of 1000", "every one of 1000", "every second of 1000",
                                       "the last of 1000"};

static int closes(int pattern, int fd) {
    return pattern == 1 || (pattern == 2 && fd % 2 == 1) || (pattern == 3 && fd == END_OF_MANY - 1);
}

// The program that finds 1,000.
static int find_many(int pattern) {
    for (int fd = FIRST_OF_MANY; fd < END_OF_MANY; fd++) {
        char name[32];
        snprintf(name, sizeof name, "descriptor %d", fd);
        if (closes(pattern, fd)) {
            check_closed(name, fd);
        } else {
            check_open(name, fd, 0, 'f');
        }
        if (cells > right_cells) {
            break; // one is enough
        }
    }
    printf("%s: %d cells, %d are right\n", patterns[pattern], cells, right_cells);
    return 0;
}

static void try_many(int pattern) {
    if (fork() == 0) {
        char number[2] = {(char)('0' + pattern), '\0'};
        int fd = make_file();
        for (int next = FIRST_OF_MANY; next < END_OF_MANY; next++) {
            set_up(dup3(fd, next, closes(pattern, next) ? O_CLOEXEC : 0) == next);
        }
        for (int next = FIRST_OF_MANY; next < END_OF_MANY; next++) {
            set_up(works(next, 'f'));
        }
        execve(ITSELF("matrix"), WORDS("matrix", "many", number), NO_WORDS);
        _exit(1);
    }
    wait(NULL);
}

static void make_script(void) {
    int fd = open("script", O_WRONLY | O_CREAT, 0755);
    const char line[] = "#!" ITSELF("matrix") " find\n";
    set_up(fd >= 0 && write(fd, line, sizeof line - 1) == (ssize_t)sizeof line - 1);
    close(fd);
}

// Executes `path` in a child, which has the descriptors from this process, or makes them itself.
static void try_rows(const char *what, const char *path, int inherited) {
    if (inherited) {
        make_rows();
    }
    if (fork() == 0) {
        const char *words[ROWS + 4] = {"matrix", "find", what};
        if (!inherited) {
            make_rows();
        }
        check_rows();
        set_up(cells == right_cells);
        // A script's words are: its interpreter, `find`, its path, and what follows argv[0] here.
        int script = strcmp(path, "./script") == 0;
        add_words(words, 3);
        execve(path, (char *const *)(script ? words + 2 : words), NO_WORDS);
        _exit(1);
    }
    wait(NULL);
    for (int i = 0; inherited && i < row_count; i++) {
        close(rows[i].fd);
    }
}

// The flag on descriptors that every program has.
static void try_standard(void) {
    if (fork() == 0) {
        int fd = make_file();
        set_up(fd == 3 && dup2(fd, 0) == 0 && dup2(fd, 2) == 2 && works(0, 'f') && works(2, 'f'));
        set_up(fcntl(0, F_SETFD, FD_CLOEXEC) == 0 && fcntl(2, F_SETFD, FD_CLOEXEC) == 0);
        execve(ITSELF("matrix"),
               WORDS("matrix", "find", "standard ones", "0=0cf", "2=2cf", "3=3of"), NO_WORDS);
        _exit(1);
    }
    wait(NULL);
}

int main(int argc, char **argv) {
    if (argc > 2) {
        return strcmp(argv[1], "many") == 0 ? find_many(argv[2][0] - '0')
                                            : check_words(argv[2], argv + 3);
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = END_OF_MANY;
    set_up(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    make_script();
    try_rows("exec", ITSELF("matrix"), 0);
    try_rows("fork and exec", ITSELF("matrix"), 1);
    try_rows("./script", "./script", 0);
    try_standard();
    for (int pattern = 0; pattern < 4; pattern++) {
        try_many(pattern);
    }
    return 0;
}
