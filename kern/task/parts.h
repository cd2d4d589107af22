// SPDX-License-Identifier: MIT
// The parts of a task other than its memory, all at once.
#pragma once

struct task;

// Gives the first task fresh parts. Returns 0 or -ENOMEM.
int parts_create(struct task *task);

// Gives up every part that `task` has, memory included, but for its cred: a zombie is still
// somebody's. What it does not have is NULL. For a task that never ran, or for the current one.
void parts_release(struct task *task);
