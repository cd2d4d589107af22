// SPDX-License-Identifier: MIT
// A variant: counting is a macro, and everything ends in execvpe or execve; it says much.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COLLECT(words, last)                                     \
    size_t words_count = 0;                                      \
    va_list counting;                                            \
    va_start(counting, last);                                    \
    for (const char *word = last; word != NULL; words_count++) { \
        word = va_arg(counting, const char *);                   \
    }                                                            \
    va_end(counting);                                            \
    const char *words[words_count + 1];                          \
    words[0] = last;                                             \
    va_list taking;                                              \
    va_start(taking, last);                                      \
    for (size_t i = 1; i <= words_count; i++) {                  \
        words[i] = va_arg(taking, const char *);                 \
    }                                                            \
    fprintf(stderr, "%s: %zu words\n", __func__, words_count)

int execv(const char *path, char *const argv[]) {
    char *const *env = environ;
    fprintf(stderr, "execv: %s\n", path);
    return execve(path, argv, env);
}

int execl(const char *path, const char *argument, ...) {
    COLLECT(words, argument);
    va_end(taking);
    return execve(path, (char *const *)words, environ);
}

int execle(const char *path, const char *argument, ...) {
    COLLECT(words, argument);
    char **envp = va_arg(taking, char **);
    va_end(taking);
    return execve(path, (char *const *)words, envp);
}

int execlp(const char *file, const char *argument, ...) {
    COLLECT(words, argument);
    va_end(taking);
    return execvpe(file, (char *const *)words, environ);
}

int fexecve(int fd, char *const argv[], char *const envp[]) {
    if (fcntl(fd, F_GETFD) < 0) {
        return -1;
    }
    fprintf(stderr, "fexecve: %d\n", fd);
    return (int)syscall(SYS_execveat, (long)fd, "", argv, envp, (long)AT_EMPTY_PATH);
}
