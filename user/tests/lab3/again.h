// SPDX-License-Identifier: MIT
// A test of execve executes itself: one source is the flat image that is started, and the ELF file
// that it runs. With arguments it is the latter.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

// Where the ELF files are; a later lab's header says so before it includes this one.
#ifndef TESTS_FOLDER
#define TESTS_FOLDER "/tests/lab3/"
#endif

#ifdef __tine__
#define ITSELF(name) TESTS_FOLDER name ".elf"
#else
#define ITSELF(name) "/proc/self/exe"
#endif

// An array of words, as execve takes it.
#define WORDS(...) ((char *const *)(const char *const[]){__VA_ARGS__, NULL})
#define NO_WORDS ((char *const *)(const char *const[]){NULL})

// A child that comes back from execve exits with so much more than the error. Programs exit with
// less, also a shell that does not find its program.
enum { EXEC_FAILED = 128, KILLED = 1000 };

// What has become of a child: its exit status, KILLED + the signal that ended it, or, if its execve
// failed, the error, negated.
static inline int outcome(pid_t pid) {
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return -errno;
    }
    if (WIFSIGNALED(status)) {
        return KILLED + WTERMSIG(status);
    }
    int code = WEXITSTATUS(status);
    return code >= EXEC_FAILED ? EXEC_FAILED - code : code;
}

// Executes `path` in a child, and says what has become of it.
static inline int execute(const char *path, char *const argv[], char *const envp[]) {
    pid_t pid = fork();
    if (pid == 0) {
        execve(path, argv, envp);
        _exit(EXEC_FAILED + errno);
    }
    return outcome(pid);
}
