// SPDX-License-Identifier: MIT
// Pipes within one process: order, capacity, what does not wait, ends that are closed, poll.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "errors.h"

static char buffer[70000];
static int ends[2];

static void state(const char *what) {
    struct pollfd fds[2] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}};
    int ready = poll(fds, 2, 0);
    printf("%s: poll %d: %x %x\n", what, ready, fds[0].revents, fds[1].revents);
}

static void bytes(void) {
    result("pipe", pipe(ends));
    state("empty");
    number("write", write(ends[1], "abcdef", 6));
    state("not empty");
    number("write", write(ends[1], "ghi", 3));
    number("read less", read(ends[0], buffer, 4));
    printf("%.4s\n", buffer);
    number("read more than there is", read(ends[0], buffer, 100));
    printf("%.5s\n", buffer);
    number("write nothing", write(ends[1], buffer, 0));
    number("read nothing", read(ends[0], buffer, 0));
    result("read the wrong end", read(ends[1], buffer, 1));
    result("write the wrong end", write(ends[0], buffer, 1));
    result("seek", lseek(ends[0], 0, SEEK_SET));
    result("pread", pread(ends[0], buffer, 1, 0));
    result("pwrite", pwrite(ends[1], buffer, 1, 0));
    result("truncate", ftruncate(ends[1], 0));
    result("change directory", fchdir(ends[0]));
    struct stat status;
    fstat(ends[0], &status);
    printf("type %o, links %d\n", status.st_mode & S_IFMT, (int)status.st_nlink);
    printf("flags %o %o\n", fcntl(ends[0], F_GETFL), fcntl(ends[1], F_GETFL));
}

static void capacity(void) {
    result("do not wait", fcntl(ends[0], F_SETFL, O_NONBLOCK));
    result("nor here", fcntl(ends[1], F_SETFL, O_NONBLOCK));
    result("read what is empty", read(ends[0], buffer, 1));
    for (int i = 0; i < 70000; i++) {
        buffer[i] = (char)(i % 127);
    }
    number("write more than there is room for", write(ends[1], buffer, 70000));
    state("full");
    result("write what is full", write(ends[1], buffer, 1));
    result("write much", write(ends[1], buffer, 10000));
    number("read a page", read(ends[0], buffer, 4096));
    state("a page is free");
    result("two pages do not fit as a whole", write(ends[1], buffer, 4096) - 4096);
    result("nothing fits", write(ends[1], buffer, 4096));
    number("read the rest", read(ends[0], buffer, 70000));
    int wrong = 0;
    for (int i = 0; i < 65536 - 4096; i++) {
        wrong += buffer[i] != (char)((i + 4096) % 127);
    }
    number("wrong bytes", wrong);
    state("empty");
    char text[] = "abcd";
    struct iovec parts[2] = {{text, 2}, {text + 2, 2}};
    number("writev", writev(ends[1], parts, 2));
    number("read", read(ends[0], buffer, 10));
    printf("%.4s\n", buffer);
}

static void ending(void) {
    write(ends[1], "last", 4);
    result("close the writing end", close(ends[1]));
    ends[1] = -1;
    state("no writer");
    number("read what is left", read(ends[0], buffer, 10));
    number("read the end", read(ends[0], buffer, 10));
    number("and again", read(ends[0], buffer, 10));
    state("no writer, empty");
    close(ends[0]);

    pipe(ends);
    int second = dup(ends[1]);
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    result("somebody may still write", read(ends[0], buffer, 10));
    close(second);
    number("now nobody", read(ends[0], buffer, 10));
    close(ends[0]);

    pipe(ends);
    close(ends[0]);
    ends[0] = -1;
    state("no reader");
    number("write nothing to nobody", write(ends[1], buffer, 0));
    close(ends[1]);
}

static void making(void) {
    result("pipe2", pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    printf("flags %o %o\n", fcntl(ends[0], F_GETFL), fcntl(ends[1], F_GETFL));
    close(ends[0]);
    close(ends[1]);
    result("pipe2 with unknown flags", pipe2(ends, O_APPEND));
    result("pipe to a wrong address", syscall(SYS_pipe, 8L, 0L, 0L, 0L, 0L, 0L));
    number("nothing is left of it", dup(0));
}

static void polling(void) {
    pipe(ends);
    struct pollfd fds[3] = {{ends[0], POLLIN, 9}, {-1, POLLIN, 9}, {99, POLLIN, 9}};
    number("one is not open", poll(fds, 3, -1));
    printf("%x %x %x\n", fds[0].revents, fds[1].revents, fds[2].revents);
    number("nothing in 20 ms", poll(fds, 2, 20));
    number("nobody in 1 ms", poll(fds, 0, 1));
    int file = open("f", O_RDWR | O_CREAT, 0644);
    fds[1] = (struct pollfd){file, POLLIN | POLLOUT, 0};
    number("a file is always ready", poll(fds, 2, -1));
    printf("%x %x\n", fds[0].revents, fds[1].revents);
    result("too many", poll(fds, 10000000, 0));
    close(file);
    close(ends[0]);
    close(ends[1]);
}

int main(void) {
    bytes();
    capacity();
    ending();
    making();
    polling();
    return 0;
}
