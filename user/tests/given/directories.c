// SPDX-License-Identifier: MIT
// Directories: making, removing, reading, being in one, renaming; the corners of paths.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"

static void make(const char *path) {
    close(open(path, O_WRONLY | O_CREAT, 0644));
}

// The names in a directory, sorted.
static void list(const char *path, size_t room) {
    static char names[64][32];
    static char buffer[1024];
    int count = 0;
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    for (;;) {
        long got = syscall(SYS_getdents64, (long)fd, buffer, room, 0L, 0L, 0L);
        if (got <= 0) {
            number("list", got);
            break;
        }
        for (long at = 0; at < got; at += *(unsigned short *)(buffer + at + 16)) {
            const char *name = buffer + at + 19;
            int place = count++;
            while (place > 0 && strcmp(names[place - 1], name) > 0) {
                memcpy(names[place], names[place - 1], 32);
                place--;
            }
            snprintf(names[place], 32, "%s", name);
        }
    }
    close(fd);
    printf("%s:", path);
    for (int i = 0; i < count; i++) {
        printf(" %s", names[i]);
    }
    printf("\n");
}

static void making(void) {
    char name[300];
    result("make", mkdir("d", 0777));
    result("make again", mkdir("d", 0777));
    result("make with slashes behind", mkdir("d/e//", 0777));
    result("make below what is not there", mkdir("none/e", 0777));
    result("make below a file", (make("f"), mkdir("f/e", 0777)));
    result("make .", mkdir(".", 0777));
    result("make d/..", mkdir("d/..", 0777));
    result("make /", mkdir("/", 0777));
    result("make without a name", mkdir("", 0777));
    result("make over a file", mkdir("f", 0777));
    memset(name, 'n', sizeof name);
    name[256] = '\0';
    result("a name of 256", mkdir(name, 0777));
    name[255] = '\0';
    result("a name of 255", mkdir(name, 0777));
    result("remove it", rmdir(name));
}

static void paths(void) {
    static char path[5000];
    struct stat status;
    memcpy(path, "d", 2);
    for (int i = 1; i < 4095; i += 2) {
        memcpy(path + i, "/.", 3);
    }
    number("length", (long)strlen(path));
    result("a path of 4095", stat(path, &status));
    memcpy(path + 4095, "/", 2);
    result("a path of 4096", stat(path, &status));
    result("slashes", stat("d//e///", &status));
    result("dots", stat("d/./e/../e/.", &status));
    result("above the root", stat("/../../..", &status));
    result("a file with a slash", stat("f/", &status));
    result("a file with a dot", stat("f/.", &status));
    result("nothing", stat("", &status));
    result("not there, then up", stat("none/..", &status));
}

static void reading(void) {
    make("d/one");
    make("d/two");
    make("d/three");
    list("d", 1024);
    list("d", 40); // entry by entry
    static char buffer[100];
    int fd = open("d", O_RDONLY);
    result("too little room", syscall(SYS_getdents64, (long)fd, buffer, 10L, 0L, 0L, 0L));
    close(fd);
    fd = open("f", O_RDONLY);
    result("list a file", syscall(SYS_getdents64, (long)fd, buffer, 100L, 0L, 0L, 0L));
    close(fd);
    result("list what is closed", syscall(SYS_getdents64, (long)fd, buffer, 100L, 0L, 0L, 0L));
}

static void removing(void) {
    result("remove what is not empty", rmdir("d"));
    result("remove a file", rmdir("f"));
    result("remove what is not there", rmdir("none"));
    result("remove .", rmdir("d/."));
    result("remove ..", rmdir("d/e/.."));
    result("remove /", rmdir("/"));
    result("unlink a directory", unlink("d"));
    result("unlink a directory with a slash", unlink("d/"));
    result("unlink a file with a slash", unlink("f/"));
    result("unlink nothing with a slash", unlink("none/"));
    result("unlink .", unlink("."));
    result("unlink by descriptor", unlinkat(AT_FDCWD, "d/one", 0));
    result("unlinkat for a directory", unlinkat(AT_FDCWD, "d/e", AT_REMOVEDIR));
    result("unlinkat with unknown flags", unlinkat(AT_FDCWD, "d/two", 1));
    result("remove it with a slash", (mkdir("x", 0777), rmdir("x/")));
}

static void being(void) {
    char cwd[4096];
    char here[4096];
    getcwd(here, sizeof here);
    size_t base = strlen(here);
    result("enter", chdir("d"));
    printf("where: %s\n", getcwd(cwd, sizeof cwd) + base);
    printf("too little room: %s\n", getcwd(cwd, 2) == NULL ? error_name(errno) : "ok");
    result("enter a file", chdir("two"));
    result("enter nothing", chdir("none"));
    result("a file here", (make("here"), unlink("../d/here")));
    result("up", chdir(".."));
    int fd = open("d", O_RDONLY);
    result("enter by descriptor", fchdir(fd));
    printf("where: %s\n", getcwd(cwd, sizeof cwd) + base);
    result("open relative to it", close(openat(fd, "two", O_RDONLY)));
    result("absolute, so it does not matter", close(openat(-7, "/", O_RDONLY)));
    result("relative to nothing", openat(77, "two", O_RDONLY));
    int file = open("two", O_RDONLY);
    result("relative to a file", openat(file, "two", O_RDONLY));
    result("enter a file by descriptor", fchdir(file));
    result("enter nothing by descriptor", fchdir(77));
    close(file);
    close(fd);
    result("back", chdir(here));
    result("back again", chdir("."));
}

// A directory that is gone but not forgotten.
static void gone(void) {
    char cwd[4096];
    struct stat status;
    mkdir("gone", 0777);
    chdir("gone");
    result("remove where one is", rmdir("../gone"));
    printf("where: %s\n", getcwd(cwd, sizeof cwd) == NULL ? error_name(errno) : "ok");
    result("make something there", open("x", O_WRONLY | O_CREAT, 0666));
    result("make a directory there", mkdir("x", 0777));
    result("it has a .", stat(".", &status));
    number("links", (long)status.st_nlink);
    int fd = open(".", O_RDONLY);
    result("list it", syscall(SYS_getdents64, (long)fd, cwd, 100L, 0L, 0L, 0L));
    close(fd);
    result("up", chdir(".."));
    result("it is not there", stat("gone", &status));
}

static void renaming(void) {
    struct stat before, after;
    mkdir("a", 0777);
    mkdir("a/b", 0777);
    mkdir("empty", 0777);
    make("one");
    make("two");
    stat("one", &before);
    result("rename", rename("one", "three"));
    stat("three", &after);
    printf("the same file: %d\n", before.st_ino == after.st_ino);
    result("rename what is not there", rename("one", "four"));
    result("rename over another", rename("three", "two"));
    stat("two", &after);
    printf("the same file: %d\n", before.st_ino == after.st_ino);
    result("rename to itself", rename("two", "two"));
    result("into a directory", rename("two", "a/two"));
    result("and back", rename("a/two", "./two"));
    result("a directory over a file", rename("a", "two"));
    result("a file over a directory", rename("two", "a"));
    result("a directory over a full one", rename("empty", "a"));
    result("a directory over an empty one", rename("a", "empty"));
    result("its content moves along", stat("empty/b", &after));
    result("into itself", rename("empty", "empty/b/c"));
    result("over what is above it", rename("empty/b", "empty"));
    result("a file with a slash", rename("two/", "five"));
    result("a file to a name with a slash", rename("two", "five/"));
    result("a directory to a name with a slash", rename("empty/b", "c/"));
    result("rename .", rename(".", "z"));
    result("rename ..", rename("empty/..", "z"));
    result("to ..", rename("two", "empty/.."));
    result("to /", rename("two", "/"));
    result("to below nothing", rename("two", "none/x"));
    result("without a name", rename("two", ""));
    list(".", 1024);
}

int main(void) {
    mkdir("work", 0777);
    chdir("work");
    making();
    paths();
    reading();
    removing();
    being();
    gone();
    renaming();
    return 0;
}
