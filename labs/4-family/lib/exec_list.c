// SPDX-License-Identifier: MIT
// Lab 4c: execve for those who have no array, no environment, or no path.
//
// Handout: handouts/4-family.md#exec-list. Contract: lib/c/include/unistd.h. You need of the C
// library that is given:
//
//     execve, environ                             unistd.h
//     va_list, va_start, va_copy, va_arg, va_end  stdarg.h
//     syscall(SYS_execveat, ...), AT_EMPTY_PATH   unistd.h, sys/syscall.h, fcntl.h
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <tine.h>
#include <unistd.h>

int execv(const char *path, char *const argv[]) {
    (void)path;
    (void)argv;
    return lab_unwritten("execv", __FILE__);
}

int execl(const char *path, const char *argument, ...) {
    (void)path;
    (void)argument;
    return lab_unwritten("execl", __FILE__);
}

int execle(const char *path, const char *argument, ...) {
    (void)path;
    (void)argument;
    return lab_unwritten("execle", __FILE__);
}

int execlp(const char *file, const char *argument, ...) {
    (void)file;
    (void)argument;
    return lab_unwritten("execlp", __FILE__);
}

int fexecve(int fd, char *const argv[], char *const envp[]) {
    (void)fd;
    (void)argv;
    (void)envp;
    return lab_unwritten("fexecve", __FILE__);
}
