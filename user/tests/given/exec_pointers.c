// SPDX-License-Identifier: MIT
// execve and execveat with pointers that are wrong in every way. The file is one that can be
// executed, but is no program: whoever gets as far as that is told ENOEXEC.
#define _GNU_SOURCE
#include <fcntl.h>

#include "pointers.h"

static char word[] = "word";
static char *const words[] = {word, NULL};
#define WORDS ((long)words)

static char *const array[] = {word, word, NULL};

static const struct call executions[] = {
    {"execve, path", SYS_execve, {BAD, WORDS, WORDS}, 0, GOOD("e")},
    {"execve, argv", SYS_execve, {(long)"e", BAD, WORDS}, 0, GOOD(array)},
    {"execve, envp", SYS_execve, {(long)"e", WORDS, BAD}, 0, GOOD(array)},
    {"execveat, path", SYS_execveat, {AT_FDCWD, BAD, WORDS, WORDS, 0}, 0, GOOD("e")},
    {"execveat, argv", SYS_execveat, {AT_FDCWD, (long)"e", BAD, WORDS, 0}, 0, GOOD(array)},
    {"execveat, nothing there", SYS_execveat, {AT_FDCWD, (long)"n", BAD, BAD, 0}, 0, GOOD(array)},
};

int main(void) {
    map_places();
    int fd = open("e", O_WRONLY | O_CREAT, 0755);
    write(fd, "?", 1);
    close(fd);
    TRY_ALL(executions, nothing_before, nothing_after);
    return 0;
}
