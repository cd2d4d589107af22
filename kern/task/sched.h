// SPDX-License-Identifier: MIT
// Who runs next. Each CPU has a queue of tasks that can run and lets them take turns; one that has
// nothing to do takes from the others' queues. A task in the kernel keeps the CPU until it sleeps,
// ends or goes back to user mode.
#pragma once

struct task;

// Makes what runs now, on this CPU's first stack, its idle task; sched_run then runs it, for ever:
// it gives way to everybody else.
void sched_setup(void);
_Noreturn void sched_run(void);

// Puts a new task into this CPU's run queue.
void sched_start(struct task *task);

// Starts a thread that never leaves the kernel: a task without memory and without a parent, which
// no process can see. `function` gets `argument`, and ends the thread by returning. Returns it, or
// NULL and an error as task_create does. The caller frees it: sched_wait_left, then task_destroy.
struct task *kthread_start(const char *name, void (*function)(void *argument), void *argument,
                           int *error);

// Lets the others in the queue go first.
void sched_yield(void);

// Leaves the current task for good.
_Noreturn void sched_leave(void);

// Waits until a task that is about to leave has left, so that its stack can be freed.
void sched_wait_left(struct task *task);

// Wakes `task` if it sleeps in a way that signals interrupt, and interrupts it if it runs
// elsewhere.
void sched_interrupt(struct task *task);

// Called by the timer: ends time slices, and wakes those whose time has come.
void sched_tick(void);
