// SPDX-License-Identifier: MIT
// Running another program: what execve(2) finds out before anything is changed, and who then makes
// the change (task_exec, kern/labs.h).
#pragma once

#include <stdint.h>

#include "labs.h"
#include "task/strings.h"
#include "task/task.h"

struct exec {
    char *path;              // what the program is called by; owned
    struct strings *strings; // owned
    char name[TASK_NAME_BYTES];
    bool path_closes; // it leads through a descriptor that the program will not have
    struct program program;
    struct program interpreter; // .file is NULL: the program starts by itself
    struct cred *cred;          // on whose behalf it will act; owned
    uint64_t random[2];
};

// execveat(2): the file at `path`, from directory `dirfd`, with the strings that two arrays of
// addresses lead to; flags: AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW. All addresses are the user's.
// Returns 0, and the current task has new registers; or an error of execve(2), and nothing has
// changed.
int do_execve(int dirfd, uintptr_t path, uintptr_t argv, uintptr_t envp, unsigned flags);

// Makes the current task, which has empty memory, run the program at `path` with the words of
// `arguments`, which may be NULL. Returns 0 or an error.
int exec_first(const char *path, const char *arguments);
