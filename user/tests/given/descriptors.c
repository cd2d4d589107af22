// SPDX-License-Identifier: MIT
// Descriptors: which number comes next, dup and its kind, fcntl, the limit.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "errors.h"

// Linux shows it for every file that is opened by a 64-bit program.
#define O_LARGE 0100000

static char buffer[100];

static void duplicating(void) {
    int fd = open("f", O_RDWR | O_CREAT, 0644);
    number("open", fd);
    number("dup", dup(fd));
    number("dup2", dup2(fd, 10));
    number("dup2 to itself", dup2(fd, fd));
    number("dup2 over another", dup2(10, 4));
    number("dup the lowest", dup(fd));
    write(3, "abc", 3);
    write(4, "def", 3);
    number("one offset", lseek(10, 0, SEEK_CUR));
    result("close one", close(3));
    number("the others go on", pread(4, buffer, 10, 0));
    number("dup takes the lowest", dup(4));
    result("dup what is closed", dup(77));
    result("dup2 what is closed", dup2(77, 4));
    result("dup2 what is closed to itself", dup2(77, 77));
    number("and nothing has happened", pread(4, buffer, 10, 0));
    result("dup2 beyond all limits", dup2(4, 10000000));
    result("dup2 to below zero", dup2(4, -1));
    number("dup3", dup3(4, 11, 0));
    result("dup3 to itself", dup3(4, 4, 0));
    result("dup3 with unknown flags", dup3(4, 11, 1));
    result("dup3 what is closed", dup3(77, 11, 0));
}

static void controlling(void) {
    number("F_DUPFD", fcntl(3, F_DUPFD, 20));
    number("F_DUPFD again", fcntl(3, F_DUPFD, 20));
    number("F_DUPFD_CLOEXEC", fcntl(3, F_DUPFD_CLOEXEC, 30));
    result("F_DUPFD below zero", fcntl(3, F_DUPFD, -1));
    result("F_DUPFD beyond all limits", fcntl(3, F_DUPFD, 10000000));
    result("F_DUPFD of what is closed", fcntl(77, F_DUPFD, 0));
    number("F_GETFD", fcntl(3, F_GETFD));
    result("F_SETFD", fcntl(3, F_SETFD, FD_CLOEXEC));
    result("F_GETFD of what is closed", fcntl(77, F_GETFD));
    printf("F_GETFL: %o\n", fcntl(3, F_GETFL) & ~O_LARGE);
    result("F_SETFL", fcntl(3, F_SETFL, O_APPEND | O_NONBLOCK | O_RDONLY | O_CREAT));
    printf("F_GETFL of a duplicate: %o\n", fcntl(4, F_GETFL) & ~O_LARGE);
    lseek(3, 0, SEEK_SET);
    number("write", write(4, "ghi", 3));
    number("it is appended", lseek(3, 0, SEEK_CUR));
    result("F_SETFL back", fcntl(3, F_SETFL, 0));
    printf("F_GETFL: %o\n", fcntl(3, F_GETFL) & ~O_LARGE);
    result("an unknown command", fcntl(3, 9999, 0));
    int fd = open("f", O_WRONLY | O_TRUNC | O_APPEND);
    printf("what open keeps: %o\n", fcntl(fd, F_GETFL) & ~O_LARGE);
    close(fd);
    result("ioctl of a file", ioctl(3, 0x5401, buffer));
    result("ioctl of what is closed", ioctl(77, 0x5401, buffer));
}

// Until there are no more.
static void all_of_them(void) {
    int last = 0;
    int fd;
    while ((fd = dup(3)) >= 0) {
        last = fd;
    }
    result("one more", fd);
    result("open one more", open("f", O_RDONLY));
    result("open what is not there", open("none", O_RDONLY));
    result("open without a name", open("", O_RDONLY));
    int ends[2] = {7, 7};
    result("a pipe", pipe(ends));
    result("F_DUPFD", fcntl(3, F_DUPFD, 0));
    close(500);
    result("a pipe needs two", pipe(ends));
    printf("%d %d\n", ends[0], ends[1]);
    number("dup takes the hole", dup(3));
    number("dup2 needs no more", dup2(3, last) == last);
    for (fd = 4; fd <= last; fd++) {
        close(fd);
    }
    number("dup", dup(3));
}

int main(void) {
    for (int fd = 3; fd < 20; fd++) {
        close(fd);
    }
    duplicating();
    controlling();
    all_of_them();
    return 0;
}
