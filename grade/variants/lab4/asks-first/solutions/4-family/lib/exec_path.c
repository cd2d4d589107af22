// SPDX-License-Identifier: MIT
// A variant: whether there is such a file is asked before it is executed, and the search is one of
// directories, the last of which calls nothing any more.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void by_shell(const char *script, char *const argv[], char *const envp[]) {
    int count = 0;
    while (argv[count] != NULL) {
        count++;
    }
    if (count == 0) {
        execve("/bin/sh", (char *[]){(char *)"sh", (char *)script, NULL}, envp);
        return;
    }
    char *words[count + 2];
    memcpy(words + 1, argv, ((size_t)count + 1) * sizeof *words);
    words[0] = argv[0];
    words[1] = (char *)script;
    fprintf(stderr, "by the shell: %s\n", script);
    execve("/bin/sh", words, envp);
}

static void attempt(const char *path, char *const argv[], char *const envp[]) {
    if (access(path, F_OK) < 0) {
        int error = errno;
        fprintf(stderr, "not there: %s\n", path);
        errno = error;
        return;
    }
    execve(path, argv, envp);
    if (errno == ENOEXEC) {
        by_shell(path, argv, envp);
    }
}

int execvpe(const char *file, char *const argv[], char *const envp[]) {
    if (*file == '\0') {
        errno = ENOENT;
        return -1;
    }
    if (strpbrk(file, "/") != NULL) {
        attempt(file, argv, envp);
        return -1;
    }
    if (strlen(file) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const char *left = getenv("PATH") != NULL ? getenv("PATH") : "/bin:/usr/bin";
    int denied = 0;
    int last = ENOENT;
    while (left != NULL) {
        char path[PATH_MAX];
        size_t length = strcspn(left, ":");
        const char *slash = length == 0 ? "" : "/";
        if (length < PATH_MAX && length + strlen(slash) + strlen(file) < PATH_MAX) {
            snprintf(path, sizeof path, "%.*s%s%s", (int)length, left, slash, file);
            attempt(path, argv, envp);
            last = errno;
            if (last == EACCES) {
                denied = EACCES;
            } else if (last != ENOENT && last != ENOTDIR) {
                return -1;
            }
        }
        left = left[length] == '\0' ? NULL : left + length + 1;
    }
    errno = denied != 0 ? denied : last;
    return -1;
}

int execvp(const char *file, char *const argv[]) {
    return execvpe(file, argv, environ);
}
