// SPDX-License-Identifier: MIT
// An exec that fails closes nothing, whenever it fails: before its file is found, when the file is
// read, and when the program has been found and cannot be started. All descriptors are open
// afterwards, with the flags that they had. And then one succeeds.
#define _GNU_SOURCE
#include "../given/errors.h"
#include "cells.h"

enum { LONG = 4096, STRING_BYTES = 128 * 1024 + 1 };

static const char *exec_error(int error) {
    return error == E2BIG ? "E2BIG" : error == ENOEXEC ? "ENOEXEC" : error_name(error);
}

static void attempt(const char *what, const char *path, char *const argv[], char *const envp[]) {
    int before = cells - right_cells;
    long got = execve(path, argv, envp);
    printf("%s: %s", what, got == -1 ? exec_error(errno) : "it came back without an error");
    fflush(stdout);
    check_rows();
    printf("%s\n", cells - right_cells == before ? "" : ", and something has changed");
}

static void make(const char *path, const char *text, mode_t mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    set_up(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

// A program's first `bytes`.
static void make_beginning(const char *path, const char *program, size_t bytes) {
    static char text[LONG];
    int from = open(program, O_RDONLY);
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    set_up(from >= 0 && to >= 0 && read(from, text, bytes) == (ssize_t)bytes &&
           write(to, text, bytes) == (ssize_t)bytes);
    close(from);
    close(to);
}

static void attempt_all(void) {
    static char path[LONG + 1];
    static char string[STRING_BYTES + 1];
    static char *const *volatile wild = (char *const *)16;
    memset(path, '/', LONG);
    memset(string, 's', STRING_BYTES);
    attempt("no such file", "missing", WORDS("x"), NO_WORDS);
    attempt("an empty path", "", WORDS("x"), NO_WORDS);
    attempt("a long path", path, WORDS("x"), NO_WORDS);
    attempt("no path", (const char *)wild, WORDS("x"), NO_WORDS);
    attempt("through a file", "text/x", WORDS("x"), NO_WORDS);
    attempt("a link to itself", "loop", WORDS("x"), NO_WORDS);
    attempt("a directory", ".", WORDS("x"), NO_WORDS);
    attempt("without permission", "forbidden", WORDS("x"), NO_WORDS);
    attempt("a text", "text", WORDS("x"), NO_WORDS);
    attempt("an empty file", "empty", WORDS("x"), NO_WORDS);
    attempt("a program's beginning", "beginning", WORDS("x"), NO_WORDS);
    attempt("a script without its interpreter", "script", WORDS("x"), NO_WORDS);
    attempt("one whose interpreter is a text", "script-of-text", WORDS("x"), NO_WORDS);
    attempt("one of which there is no end", "script-of-itself", WORDS("x"), NO_WORDS);
    attempt("a long string", ITSELF("failed"), WORDS("x", string), NO_WORDS);
    attempt("one in the environment", ITSELF("failed"), WORDS("x"), WORDS(string));
    attempt("a wild argv", ITSELF("failed"), wild, NO_WORDS);
    attempt("a wild envp", ITSELF("failed"), WORDS("x"), wild);
}

int main(int argc, char **argv) {
    const char *words[ROWS + 4] = {"failed", "find", "one that succeeds"};
    if (argc > 2) {
        return check_words(argv[2], argv + 3);
    }
    make("text", "a text\n", 0755);
    make("empty", "", 0755);
    make("forbidden", "#!" ITSELF("failed") "\n", 0644);
    make("script", "#!missing\n", 0755);
    make("script-of-text", "#!text\n", 0755);
    make("script-of-itself", "#!script-of-itself\n", 0755);
    make_beginning("beginning", ITSELF("failed"), 100);
    set_up(symlink("loop", "loop") == 0);
    make_rows();
    check_rows();
    attempt_all();
    printf("failed: %d cells, %d are right\n", cells, right_cells);
    fflush(stdout);
    add_words(words, 3);
    execve(ITSELF("failed"), (char *const *)words, NO_WORDS);
    return 1;
}
