// SPDX-License-Identifier: MIT
// Descriptors of one file share it, but not the flag; dup2 of one to itself changes nothing; and
// what dup2, dup3, pipe2 and fcntl refuse changes nothing either.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../given/errors.h"

enum { CLOSED = 77, OTHER = 50, UNKNOWN = 04 };

static int file; // with the flag
static int copy; // of it, without

static const char *flag(int fd) {
    int got = fcntl(fd, F_GETFD);
    return got < 0 ? error_name(errno) : got == 0 ? "no flag" : got == 1 ? "the flag" : "nonsense";
}

static void flags(const char *what) {
    printf("%s: %s, %s\n", what, flag(file), flag(copy));
}

static void of_one_file(void) {
    flags("a file and its copy");
    fcntl(copy, F_SETFD, FD_CLOEXEC);
    fcntl(file, F_SETFD, 0);
    flags("exchanged");
    fcntl(copy, F_SETFD, 0);
    fcntl(file, F_SETFD, FD_CLOEXEC);
    write(copy, "abc", 3);
    number("one offset", lseek(file, 0, SEEK_CUR));
    close(dup(file));
    flags("and back");
}

static void to_itself(void) {
    number("dup2 to itself", dup2(file, file) == file);
    number("dup2 of the copy to itself", dup2(copy, copy) == copy);
    flags("afterwards");
    number("it is still open", lseek(file, 0, SEEK_CUR));
    result("dup2 of a closed one to itself", dup2(CLOSED, CLOSED));
    result("dup2 of -1 to itself", dup2(-1, -1));
    result("dup3 to itself", dup3(file, file, 0));
    result("dup3 to itself with O_CLOEXEC", dup3(copy, copy, O_CLOEXEC));
    result("dup3 of a closed one to itself", dup3(CLOSED, CLOSED, 0));
    flags("afterwards");
}

static void refused(void) {
    int ends[2] = {7, 8};
    struct stat before;
    struct stat after;
    dup3(STDIN_FILENO, OTHER, O_CLOEXEC);
    fstat(OTHER, &before);
    result("dup2 of a closed one", dup2(CLOSED, OTHER));
    result("dup3 of a closed one", dup3(CLOSED, OTHER, O_CLOEXEC));
    result("dup3 with an unknown flag", dup3(file, OTHER, UNKNOWN));
    result("with that and O_CLOEXEC", dup3(file, OTHER, O_CLOEXEC | UNKNOWN));
    result("with O_NONBLOCK", dup3(file, OTHER, O_NONBLOCK));
    result("with FD_CLOEXEC", dup3(file, OTHER, FD_CLOEXEC));
    result("dup3 with all of that, to itself", dup3(file, file, -1));
    fstat(OTHER, &after);
    printf("what it would have replaced: %s, %s\n", flag(OTHER),
           before.st_ino == after.st_ino && before.st_dev == after.st_dev ? "the same" : "another");
    result("pipe2 with an unknown flag", pipe2(ends, O_CLOEXEC | UNKNOWN));
    result("with FD_CLOEXEC", pipe2(ends, FD_CLOEXEC));
    printf("no ends: %d %d\n", ends[0], ends[1]);
    result("F_GETFD of a closed one", fcntl(CLOSED, F_GETFD));
    result("F_SETFD of a closed one", fcntl(CLOSED, F_SETFD, FD_CLOEXEC));
    result("F_DUPFD of a closed one", fcntl(CLOSED, F_DUPFD, 0));
    result("F_DUPFD_CLOEXEC of a closed one", fcntl(CLOSED, F_DUPFD_CLOEXEC, -1));
    flags("afterwards");
}

static void pipes(void) {
    int ends[2];
    char byte;
    pipe2(ends, O_CLOEXEC | O_NONBLOCK);
    printf("pipe2, O_CLOEXEC and O_NONBLOCK: %s, %s\n", flag(ends[0]), flag(ends[1]));
    result("it does not wait", read(ends[0], &byte, 1));
    close(ends[0]);
    close(ends[1]);
    pipe2(ends, O_NONBLOCK);
    printf("pipe2, O_NONBLOCK: %s, %s\n", flag(ends[0]), flag(ends[1]));
    result("it does not wait", read(ends[0], &byte, 1));
}

int main(void) {
    for (int fd = 3; fd < CLOSED + 20; fd++) {
        close(fd);
    }
    file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    copy = dup(file);
    of_one_file();
    to_itself();
    refused();
    pipes();
    return 0;
}
