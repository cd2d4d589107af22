// SPDX-License-Identifier: MIT
// Mistakes that random system calls have found, each by itself.
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static void links(const char *what, const char *path) {
    struct stat status;
    printf("%s: %ld links\n", what, stat(path, &status) < 0 ? -1L : (long)status.st_nlink);
}

// A directory that moves keeps those in it, and their links to it.
static void moved_directory(void) {
    mkdir("a", 0777);
    mkdir("a/1", 0777);
    mkdir("a/2", 0777);
    links("a directory with two", "a");
    result("rename", rename("a", "b"));
    links("renamed", "b");
    mkdir("c", 0777);
    result("move", rename("b", "c/b"));
    links("moved", "c/b");
    links("into", "c");
    rmdir("c/b/1");
    rmdir("c/b/2");
    links("without them", "c/b");
    result("it is still there", mkdir("c/b/3", 0777));
}

int main(void) {
    mkdir("found", 0777);
    chdir("found");
    moved_directory();
    return 0;
}
