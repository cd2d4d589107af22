// SPDX-License-Identifier: MIT
// execveat: a program by way of a descriptor, and what else its flags say.
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "../lab3/made.h"
#include "errors.h"

enum { ADDRESS = 0x10000000 };

static int from;

static void run(const char *what, int fd, const char *path, int flags) {
    static struct report report;
    pid_t pid = fork();
    if (pid == 0) {
        syscall(SYS_execveat, fd, path, WORDS("word"), ENOUGH_STACK, flags);
        _exit(EXEC_FAILED + errno);
    }
    int how = outcome(pid);
    if (how == REPORTED && report_read(from, &report)) {
        printf("%s: it runs; argc is %lu\n", what, (unsigned long)report.stack[0]);
    } else {
        printf("%s: %s\n", what, how < 0 ? error_name(-how) : "?");
    }
}

int main(void) {
    reports_begin(&from);
    if (mkdir("at", 0755) < 0) {
        puts("mkdir failed");
    }
    make_program("at/program", ET_EXEC, ADDRESS, NULL);
    make_program("at/cut", ET_DYN, 0, NULL);
    truncate("at/cut", 64);
    make_program("at/orphan", ET_EXEC, ADDRESS, "at/cut");
    symlink("program", "at/link");
    char here[256];
    char absolute[300];
    getcwd(here, sizeof here);
    snprintf(absolute, sizeof absolute, "%s/at/program", here);
    int folder = open("at", O_RDONLY | O_DIRECTORY);
    int file = open("at/program", O_RDONLY);
    int pipes[2];
    if (pipe(pipes) < 0) {
        puts("pipe failed");
    }
    run("from here", AT_FDCWD, "at/program", 0);
    run("from a folder", folder, "program", 0);
    run("a link", folder, "link", 0);
    run("a link, not followed", folder, "link", AT_SYMLINK_NOFOLLOW);
    run("no link, not followed", folder, "program", AT_SYMLINK_NOFOLLOW);
    run("absolute, from nowhere", 77, absolute, 0);
    run("the descriptor itself", file, "", AT_EMPTY_PATH);
    run("the descriptor itself, not said", file, "", 0);
    run("a path, though it may be empty", folder, "program", AT_EMPTY_PATH);
    run("a folder itself", folder, "", AT_EMPTY_PATH);
    run("a pipe itself", pipes[0], "", AT_EMPTY_PATH);
    run("where we are", AT_FDCWD, "", AT_EMPTY_PATH);
    run("from a file", file, "program", 0);
    run("no descriptor", 77, "program", 0);
    run("no descriptor itself", 77, "", AT_EMPTY_PATH);
    run("not there", folder, "nobody", 0);
    run("its interpreter is cut off", folder, "orphan", 0);
    run("unknown flag", folder, "program", 1);
    return 0;
}
