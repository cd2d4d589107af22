// SPDX-License-Identifier: MIT
// Running another program: what execve(2) finds out before anything is changed, and who then makes the change
// (task_exec, kern/labs.h).
#pragma once

#include <stdint.h>

#include "labs.h"
#include "task/task.h"

// The strings of execve, copied before the old program is gone: those of argv, then those of envp.
struct strings;

struct exec {
    char *path; // what the program is called by, for AT_EXECFN; owned
    struct strings *strings;
    char name[TASK_NAME_BYTES];
    struct program program;
    struct program interpreter; // .file is NULL: the program starts by itself
    uint64_t random[2];
};

// execveat(2): the file at `user_path`, from directory `dirfd`, with the strings that the two arrays of
// addresses name; flags: AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW. Returns 0, and the task has new registers; or an
// error of execve(2), and nothing has changed.
int do_execve(int dirfd, uintptr_t user_path, uintptr_t user_argv, uintptr_t user_envp,
              unsigned flags);

// The first program, for pid 1, which has empty memory: `words` are its path and arguments, with blanks between.
// Returns 0 or an error.
int exec_first(const char *path, const char *arguments);
