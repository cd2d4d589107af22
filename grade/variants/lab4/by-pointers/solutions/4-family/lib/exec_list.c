// SPDX-License-Identifier: MIT
// A variant: execve is called in one place, with a list that is gone over twice by va_copy.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum how { BY_PATH, BY_PATH_WITH_ENVIRONMENT, BY_NAME };

static void say(const char *what, const char *name) {
    write(2, what, strlen(what));
    write(2, name, strlen(name));
    write(2, "\n", 1);
}

static int call(enum how how, const char *file, const char *first, va_list list) {
    int saved = errno;
    int words = 0;
    if (first != NULL) {
        va_list ahead;
        va_copy(ahead, list);
        do {
            words++;
        } while (va_arg(ahead, char *) != NULL);
        va_end(ahead);
    }
    const char *argv[words + 1];
    const char **end = argv;
    *end = first;
    while (*end != NULL) {
        *++end = va_arg(list, const char *);
    }
    say("execl: ", file);
    errno = saved;
    if (how == BY_NAME) {
        return execvp(file, (char **)argv);
    }
    char **envp = how == BY_PATH ? environ : va_arg(list, char **);
    return execve(file, (char **)argv, envp);
}

int execv(const char *path, char *const argv[]) {
    say("execv: ", path);
    if (execve(path, argv, environ) == 0) {
        say("this never happens: ", path);
    }
    return -1;
}

int execl(const char *path, const char *argument, ...) {
    va_list list;
    va_start(list, argument);
    int result = call(BY_PATH, path, argument, list);
    va_end(list);
    return result;
}

int execle(const char *path, const char *argument, ...) {
    va_list list;
    va_start(list, argument);
    int result = call(BY_PATH_WITH_ENVIRONMENT, path, argument, list);
    va_end(list);
    return result;
}

int execlp(const char *file, const char *argument, ...) {
    va_list list;
    va_start(list, argument);
    int result = call(BY_NAME, file, argument, list);
    va_end(list);
    return result;
}

int fexecve(int fd, char *const argv[], char *const envp[]) {
    say("fexecve: ", argv[0] != NULL ? argv[0] : "nothing");
    return (int)syscall(SYS_execveat, (long)fd, "", argv, envp, (long)AT_EMPTY_PATH, 0L);
}
