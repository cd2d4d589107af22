// SPDX-License-Identifier: MIT
// Directories inside each other, more than any path can name; and many names in one.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"

enum { DEPTH = 3000, GONE = 1000, NAMES = 1500 };

static char text[8192];

static void go_down(void) {
    int depth = 0;
    while (depth < DEPTH && mkdir("dd", 0777) == 0 && chdir("dd") == 0) {
        depth++;
    }
    number("depth", depth);
    result("where", syscall(SYS_getcwd, text, sizeof text));
    result("a file there", close(open("file", O_WRONLY | O_CREAT, 0644)));
    result("the same by its whole path", (memset(text, '/', 5000), text[5000] = '\0', chdir(text)));
    for (int i = 0; i < 1300; i++) {
        memcpy(text + i * 3, "../", 4);
    }
    struct stat status;
    result("up 1300 at once", stat(text, &status));
    memcpy(text + 3900, "file", 5);
    result("no file up there", stat(text, &status));
}

static void come_up(void) {
    result("its parent is not empty", rmdir("../../dd"));
    result("remove the file", unlink("file"));
    int removed = 0;
    while (removed < DEPTH && chdir("..") == 0 && rmdir("dd") == 0) {
        removed++;
    }
    number("removed", removed);
}

// Whoever holds a directory that is gone holds all above it.
static void gone(void) {
    for (int i = 0; i < GONE; i++) {
        mkdir("dd", 0777);
        chdir("dd");
    }
    int fd = open(".", O_RDONLY);
    for (int i = 0; i < GONE; i++) {
        chdir("..");
        rmdir("dd");
    }
    result("enter what is gone", fchdir(fd));
    result("nothing can be made there", mkdir("dd", 0777));
    for (int i = 0; i < GONE; i++) {
        chdir("..");
    }
    result("let go of them all at once", close(fd));
    result("up again", mkdir("dd", 0777));
    rmdir("dd");
}

static void many_names(void) {
    char name[16];
    int made = 0;
    int removed = 0;
    mkdir("wide", 0777);
    chdir("wide");
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof name, "%d", i);
        made += close(open(name, O_WRONLY | O_CREAT | O_EXCL, 0644)) == 0;
    }
    int listed = 0;
    int fd = open(".", O_RDONLY);
    long got;
    while ((got = syscall(SYS_getdents64, (long)fd, text, 1000L)) > 0) {
        for (long at = 0; at < got; at += *(unsigned short *)(text + at + 16)) {
            listed++;
        }
    }
    close(fd);
    for (int i = NAMES - 1; i >= 0; i--) {
        snprintf(name, sizeof name, "%d", i);
        removed += unlink(name) == 0;
    }
    printf("made %d, listed %d with . and .., removed %d\n", made, listed, removed);
    chdir("..");
    result("remove their directory", rmdir("wide"));
}

int main(void) {
    mkdir("top", 0777);
    chdir("top");
    go_down();
    come_up();
    gone();
    many_names();
    chdir("..");
    result("nothing is left", rmdir("top"));
    return 0;
}
