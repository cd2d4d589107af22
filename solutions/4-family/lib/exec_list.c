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
    //: solution
    return execve(path, argv, environ);
    //: skeleton
    //| (void)path;
    //| (void)argv;
    //| return lab_unwritten("execv", __FILE__);
    //: end
}

//: solution
// How many arguments there are: `first`, and those in `rest`, up to the NULL.
static size_t count_arguments(const char *first, va_list *rest) {
    size_t count = 0;
    for (const char *argument = first; argument != NULL; argument = va_arg(*rest, const char *)) {
        count++;
    }
    return count;
}

// Stores them in `argv`, with the NULL; `rest` is behind that then.
static void collect_arguments(char **argv, const char *first, va_list *rest) {
    const char *argument = first;
    size_t count = 0;
    for (; argument != NULL; argument = va_arg(*rest, const char *)) {
        argv[count++] = (char *)argument;
    }
    argv[count] = NULL;
}

typedef int execute(const char *program, char *const argv[], char *const environment[]);

// Executes a program with `first`, and those in `rest`, as its arguments. Its environment follows
// on them, or is this one. The array is on the stack: it must not outlive the call that uses it.
static int execute_list(execute *call, const char *program, const char *first, va_list *rest,
                        bool environment_follows) {
    va_list counted;
    va_copy(counted, *rest);
    char *argv[count_arguments(first, &counted) + 1];
    va_end(counted);
    collect_arguments(argv, first, rest);
    return call(program, argv, environment_follows ? va_arg(*rest, char *const *) : environ);
}

//: end
int execl(const char *path, const char *argument, ...) {
    //: solution
    va_list rest;
    va_start(rest, argument);
    int result = execute_list(execve, path, argument, &rest, false);
    va_end(rest);
    return result;
    //: skeleton
    //| (void)path;
    //| (void)argument;
    //| return lab_unwritten("execl", __FILE__);
    //: end
}

int execle(const char *path, const char *argument, ...) {
    //: solution
    va_list rest;
    va_start(rest, argument);
    int result = execute_list(execve, path, argument, &rest, true);
    va_end(rest);
    return result;
    //: skeleton
    //| (void)path;
    //| (void)argument;
    //| return lab_unwritten("execle", __FILE__);
    //: end
}

int execlp(const char *file, const char *argument, ...) {
    //: solution
    va_list rest;
    va_start(rest, argument);
    int result = execute_list(execvpe, file, argument, &rest, false);
    va_end(rest);
    return result;
    //: skeleton
    //| (void)file;
    //| (void)argument;
    //| return lab_unwritten("execlp", __FILE__);
    //: end
}

int fexecve(int fd, char *const argv[], char *const envp[]) {
    //: solution
    return (int)syscall(SYS_execveat, (long)fd, "", argv, envp, (long)AT_EMPTY_PATH);
    //: skeleton
    //| (void)fd;
    //| (void)argv;
    //| (void)envp;
    //| return lab_unwritten("fexecve", __FILE__);
    //: end
}
