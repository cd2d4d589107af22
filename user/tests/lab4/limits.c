// SPDX-License-Identifier: MIT
// F_DUPFD takes the lowest free descriptor from its argument on, below RLIMIT_NOFILE, which may be
// lowered. What is above that stays open, and keeps its flag.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../given/errors.h"

enum { LIMIT = 100, LOWER = 40, ABOVE = 90 };

static int file;

static void set_limit(int limit) {
    struct rlimit wanted;
    getrlimit(RLIMIT_NOFILE, &wanted);
    wanted.rlim_cur = (rlim_t)limit;
    setrlimit(RLIMIT_NOFILE, &wanted);
}

static void both(const char *what, long from) {
    printf("%s, ", what);
    number("F_DUPFD", fcntl(file, F_DUPFD, from));
    printf("%s, ", what);
    number("F_DUPFD_CLOEXEC", fcntl(file, F_DUPFD_CLOEXEC, from));
}

static void flag(const char *what, int fd) {
    number(what, fcntl(fd, F_GETFD));
}

int main(void) {
    for (int fd = 3; fd < LIMIT; fd++) {
        close(fd);
    }
    set_limit(LIMIT);
    file = open("file", O_RDWR | O_CREAT, 0600);
    number("the file", file);
    both("from 0", 0);
    both("from 5", 5);
    both("from 20", 20);
    both("from 5, again", 5);
    both("from the last", LIMIT - 1);
    both("from the limit", LIMIT);
    both("from above it", LIMIT + 1);
    both("from below zero", -1);
    both("from far below zero", -0x7fffffff - 1L);
    both("from far above", 0x7fffffff);

    fcntl(file, F_DUPFD_CLOEXEC, ABOVE);
    set_limit(LOWER);
    both("with a lower limit, from it", LOWER);
    both("from above it", ABOVE + 1);
    flag("what is above, its flag", ABOVE);
    fcntl(ABOVE, F_SETFD, 0);
    flag("without it", ABOVE);
    while (fcntl(file, F_DUPFD, 0) >= 0) {
    }
    result("one more", fcntl(file, F_DUPFD, 0));
    both("when all are in use, from 0", 0);
    both("from the last", LOWER - 1);
    close(30);
    both("with a hole, from 35", 35);
    both("from 30", 30);
    flag("what is in the hole, its flag", 30);
    close(30);
    number("from 10, F_DUPFD_CLOEXEC", fcntl(file, F_DUPFD_CLOEXEC, 10));
    flag("its flag", 30);
    return 0;
}
