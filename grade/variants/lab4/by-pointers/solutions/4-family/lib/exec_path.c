// SPDX-License-Identifier: MIT
// A variant: the path grows backwards from the end of a buffer, where the name is written once.
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct call {
    char *const *argv;
    char *const *envp;
    int denied;
};

static void say(const char *path) {
    int saved = errno;
    write(2, "trying ", 7);
    write(2, path, strlen(path));
    write(2, "\n", 1);
    errno = saved;
}

// Returns the error.
static int attempt(struct call *call, const char *path) {
    say(path);
    execve(path, call->argv, call->envp);
    if (errno == ENOEXEC) {
        char *const *last = call->argv;
        while (*last != NULL) {
            last++;
        }
        ptrdiff_t words = last - call->argv;
        char *list[words + 3];
        char **to = list;
        *to++ = "a shell";
        *to++ = (char *)path;
        if (words > 1) {
            memcpy(to, call->argv + 1, (size_t)(words - 1) * sizeof *to);
            to += words - 1;
        }
        *to = NULL;
        execve("/bin/sh", list, call->envp);
    }
    call->denied |= errno == EACCES;
    return errno;
}

static int goes_on(int error) {
    switch (error) {
    case EACCES:
    case ENOENT:
    case ENOTDIR:
        return 1;
    default:
        return 0;
    }
}

int execvpe(const char *file, char *const argv[], char *const envp[]) {
    char buffer[PATH_MAX + NAME_MAX + 2];
    char *end = buffer + sizeof buffer;
    struct call call = {argv, envp, 0};
    int error = ENOENT;
    if (memchr(file, '/', strlen(file)) != NULL) {
        attempt(&call, file);
        return -1;
    }
    size_t bytes = strlen(file) + 1;
    if (bytes == 1 || bytes > NAME_MAX + 1) {
        errno = bytes == 1 ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    char *name = memcpy(end - bytes, file, bytes);
    const char *at = getenv("PATH");
    if (at == NULL) {
        at = "/bin:/usr/bin";
    }
    for (;;) {
        const char *colon = strchr(at, ':');
        size_t length = colon != NULL ? (size_t)(colon - at) : strlen(at);
        const char *directory = length == 0 ? "." : at;
        size_t used = length == 0 ? 1 : length;
        if (length + 1 + bytes <= PATH_MAX) {
            name[-1] = '/';
            char *path = memcpy(name - 1 - used, directory, used);
            error = attempt(&call, path);
            if (!goes_on(error)) {
                errno = error;
                return -1;
            }
        }
        if (colon == NULL) {
            break;
        }
        at = colon + 1;
    }
    errno = call.denied ? EACCES : error;
    return -1;
}

int execvp(const char *file, char *const argv[]) {
    return execvpe(file, argv, environ);
}
