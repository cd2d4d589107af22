// SPDX-License-Identifier: MIT
// The functions that the labs provide: their contracts. Each is called at one place of the given
// kernel, which has done what is the same for everybody: limits, locks, look-ups, publication.
#pragma once

#include <stdbool.h>

struct mm;
struct task;

// ---- Lab 1: fork by copying -------------------------------------------------------------------

// 1a. Gives `to`, a new and empty address space, the memory of `from`: the same vmas, the same break,
// and a page for each page of `from` that has a frame. Private pages are copied; those of a shared
// object (vma->shared) are mapped once more. Rights stay as they are.
//
// `from` is locked, and stays so; nobody else knows `to`. Returns 0 or -ENOMEM; after an error the
// caller destroys `to`, with whatever is in it by then.
int mm_copy(struct mm *to, struct mm *from);

// 1b. Makes `child`, which has a pid, a kernel stack and memory already, what fork promises: a copy of
// `parent`, the current task, that will return 0 from the same system call. Registers, floating-point
// state, thread-local storage, name, group, session, parent; what is done about signals, and which are
// blocked, but not the pending ones.
//
// Nothing is locked, and nobody else knows `child`. Returns 0 or -ENOMEM; after an error the caller
// releases whatever parts the child has by then.
int task_fork(struct task *child, struct task *parent);

// 1c. `task` has become a zombie (task->exited is set). Gives its children to init_task, and lets those
// know who wait for news: its parent, and init_task if one of the orphans is a zombie already.
//
// tree_lock is held.
void exit_notify(struct task *task);

// 1c. Looks for a child of `parent` that has ended and that `which` asks for, as waitpid does: -1 any,
// 0 those in the parent's process group, below -1 those in group -which, else the one with that pid.
// Sets *any to whether there is any such child at all, ended or not. Returns the child, or NULL.
//
// tree_lock is held. The caller collects the child.
struct task *wait_select(struct task *parent, int which, bool *any);

// 1c. What wait4 stores for a task that has ended: task->exit_code in bits 8 to 15, or, if a signal ended
// it, task->killed_by in bits 0 to 6.
int wait_status(const struct task *task);
