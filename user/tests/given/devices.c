// SPDX-License-Identifier: MIT
// The files in /dev that are always there, and the console that this is printed on.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static char buffer[10000];

static void device(const char *path) {
    struct stat status;
    struct pollfd poller = {-1, POLLIN | POLLOUT, 0};
    printf("%s\n", path);
    result("  stat", stat(path, &status));
    printf("  mode %o, device %lx, size %d\n", status.st_mode, (unsigned long)status.st_rdev,
           (int)status.st_size);
    int fd = open(path, O_RDWR | O_TRUNC | O_APPEND);
    memset(buffer, 'x', sizeof buffer);
    number("  write", write(fd, "abc", 3));
    number("  write nothing", write(fd, "abc", 0));
    number("  write from anywhere", write(fd, (char *)8, 3));
    number("  read", read(fd, buffer, sizeof buffer - 1));
    number("  read nothing", read(fd, buffer, 0));
    int zeros = 0;
    for (unsigned i = 0; i < sizeof buffer; i++) {
        zeros += buffer[i] == 0;
    }
    number("  zeros", zeros);
    number("  read to nowhere", read(fd, (char *)8, 3));
    number("  pread", pread(fd, buffer, 5, 1000000));
    number("  seek", lseek(fd, 1000, SEEK_SET));
    number("  seek", lseek(fd, 0, SEEK_CUR));
    result("  truncate", ftruncate(fd, 0));
    result("  truncate by name", truncate(path, 0));
    result("  change directory", fchdir(fd));
    result("  ioctl", ioctl(fd, 0x5401, buffer));
    poller.fd = fd;
    number("  poll", poll(&poller, 1, 0));
    printf("  ready for %x\n", poller.revents);
    result("  close", close(fd));
    result("  open exclusively", open(path, O_RDWR | O_CREAT | O_EXCL, 0666));
    result("  open as a directory", open(path, O_RDONLY | O_DIRECTORY));
    result("  open below it", open("/dev/null/x", O_RDONLY));
}

int main(void) {
    device("/dev/null");
    device("/dev/zero");
    device("/dev/full");
    int fd = open("/dev/null", O_RDONLY);
    result("write what is open for reading", write(fd, "x", 1));
    close(fd);
    number("to the console", write(1, "a line\n", 7));
    number("nothing to the console", write(1, "a line\n", 0));
    number("to the other descriptor", write(2, "another line\n", 13));
    result("from nowhere to the console", write(1, (char *)8, 5));
    return 0;
}
