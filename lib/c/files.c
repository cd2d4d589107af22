// SPDX-License-Identifier: MIT
// Files, descriptors and paths.
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return (int)CALL(SYS_open, path, flags, mode);
}

int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long); // whatever it is: the kernel knows
    va_end(arguments);
    return (int)CALL(SYS_fcntl, fd, command, argument);
}

int close(int fd) {
    return (int)CALL(SYS_close, fd);
}

off_t lseek(int fd, off_t offset, int whence) {
    return CALL(SYS_lseek, fd, offset, whence);
}

int pipe(int ends[2]) {
    return (int)CALL(SYS_pipe, ends);
}

int pipe2(int ends[2], int flags) {
    return (int)CALL(SYS_pipe2, ends, flags);
}

int dup(int fd) {
    return (int)CALL(SYS_dup, fd);
}

int dup2(int fd, int wanted) {
    return (int)CALL(SYS_dup2, fd, wanted);
}

int unlink(const char *path) {
    return (int)CALL(SYS_unlink, path);
}

int chdir(const char *path) {
    return (int)CALL(SYS_chdir, path);
}

char *getcwd(char *to, size_t bytes) {
    return CALL(SYS_getcwd, to, bytes) < 0 ? NULL : to;
}

int mkdir(const char *path, mode_t mode) {
    return (int)CALL(SYS_mkdir, path, mode);
}

mode_t umask(mode_t mask) {
    return (mode_t)CALL(SYS_umask, mask);
}
