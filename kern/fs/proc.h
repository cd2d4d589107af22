// SPDX-License-Identifier: MIT
// /proc: what the kernel knows, as files; proc(5). proc.c has the tree, proc_task.c and
// proc_system.c what the files say.
#pragma once

#include "fs/pseudo.h"

// Makes it. Returns 0 or -ENOMEM.
int proc_add(void);

struct task_facts;

struct proc_file {
    struct pseudo pseudo; // first: an inode's `pseudo` leads here
    const char *name;     // NULL: the end of a table
    uint32_t permissions;
    void (*say)(struct text *text, const struct task_facts *facts); // files about a task
};

extern const struct proc_file proc_task_files[], proc_system_files[], proc_kernel_files[];
