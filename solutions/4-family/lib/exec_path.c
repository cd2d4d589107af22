// SPDX-License-Identifier: MIT
// Lab 4d: execve for those who know only a name.
//
// Handout: handouts/4-family.md#exec-path. Contract: lib/c/include/unistd.h. You need of the C
// library that is given:
//
//     execve, environ                unistd.h
//     getenv                         stdlib.h
//     strchr, strlen, strcspn        string.h
//     NAME_MAX, PATH_MAX             limits.h
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <tine.h>
#include <unistd.h>

//: solution
#define DEFAULT_PATH "/bin:/usr/bin"
#define SHELL "/bin/sh"

// What the kernel does not know how to run is a script for the shell.
static int run_by_shell(const char *path, char *const argv[], char *const envp[]) {
    size_t count = 0;
    while (argv[count] != NULL) {
        count++;
    }
    const char *words[count + 3];
    words[0] = count > 0 ? argv[0] : "sh";
    words[1] = path;
    size_t used = 2;
    for (size_t i = 1; i < count; i++) {
        words[used++] = argv[i];
    }
    words[used] = NULL;
    return execve(SHELL, (char *const *)words, envp);
}

static int run(const char *path, char *const argv[], char *const envp[]) {
    execve(path, argv, envp);
    return errno == ENOEXEC ? run_by_shell(path, argv, envp) : -1;
}

// Stores the path of `file` in a folder, one of PATH, `length` bytes long; none at all is the
// working directory. False if that is too long for a path.
static bool join(char path[PATH_MAX], const char *folder, size_t length, const char *file) {
    size_t bytes = strlen(file) + 1;
    if (length + 1 + bytes > PATH_MAX) {
        return false;
    }
    memcpy(path, folder, length);
    if (length > 0) {
        path[length++] = '/';
    }
    memcpy(path + length, file, bytes);
    return true;
}

static int search(const char *file, char *const argv[], char *const envp[]) {
    char path[PATH_MAX];
    const char *folder = getenv("PATH");
    bool denied = false;
    bool more = true;
    errno = ENOENT;
    for (folder = folder != NULL ? folder : DEFAULT_PATH; more; folder++) {
        size_t length = strcspn(folder, ":");
        if (join(path, folder, length, file)) {
            run(path, argv, envp);
            if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
                return -1;
            }
            denied = denied || errno == EACCES;
        }
        folder += length;
        more = *folder == ':';
    }
    errno = denied ? EACCES : errno;
    return -1;
}

//: end
int execvpe(const char *file, char *const argv[], char *const envp[]) {
    //: solution
    if (strchr(file, '/') != NULL) {
        return run(file, argv, envp);
    }
    size_t length = strlen(file);
    if (length == 0 || length > NAME_MAX) {
        errno = length == 0 ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    return search(file, argv, envp);
    //: skeleton
    //| (void)file;
    //| (void)argv;
    //| (void)envp;
    //| return lab_unwritten("execvpe", __FILE__);
    //: end
}

int execvp(const char *file, char *const argv[]) {
    //: solution
    return execvpe(file, argv, environ);
    //: skeleton
    //| (void)file;
    //| (void)argv;
    //| return lab_unwritten("execvp", __FILE__);
    //: end
}
