// SPDX-License-Identifier: MIT
// A task: one program in execution, and the parts it consists of.
#pragma once

#include <arch/cpu.h>
#include <arch/trapframe.h>
#include <stdint.h>

#include "base/list.h"
#include "mm/mm.h"

enum task_state { TASK_RUNNING, TASK_ZOMBIE };
enum { TASK_NAME_BYTES = 16 };

struct task {
    struct list link; // in `tasks`
    int pid;
    enum task_state state;
    char name[TASK_NAME_BYTES];  // the program's file name, cut to fit
    struct mm *mm;               // owned; NULL once the task has ended
    uintptr_t kstack_top;        // owned
    struct trapframe *trapframe; // its registers in user mode, at the top of its kernel stack
};

// All tasks.
extern struct list tasks;

// The task this CPU runs; NULL until the first one.
#define current (cpu_current())

// Makes pid 1 out of the program at `path` in the initial file system and enters user mode.
_Noreturn void task_start_init(const char *path);

// Ends the current task. `status` is what wait4 reports: the exit status in bits 8-15, or a signal
// number in bits 0-6.
_Noreturn void task_exit(int status);

// Ends the current task as a signal's default action does; the text says why on the console.
_Noreturn void task_kill(int signal, const char *pattern, ...)
    __attribute__((format(printf, 2, 3)));
