// SPDX-License-Identifier: MIT
#include "task/sched.h"

#include <arch/cpu.h>

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "task/signal.h"
#include "task/task.h"
#include "task/wait.h"

// Guards the run queue, all wait queues, and what struct task says it guards. The innermost lock:
// nothing is taken inside it. It is held across a switch: the task that is switched to releases it.
static struct spinlock sched_lock = SPINLOCK_INIT("sched");
static struct list run_queue = LIST_INIT(run_queue);
static struct list timed = LIST_INIT(timed); // sleepers with a wake_at

static struct task idle_task = {.name = "idle", .state = TASK_RUNNING};

static struct task *pick_next(void) {
    if (list_empty(&run_queue)) {
        return &idle_task;
    }
    struct task *next = list_entry(run_queue.next, struct task, run_link);
    list_remove(&next->run_link);
    return next;
}

// Leaves the current task, which is in the run queue, in a wait queue, or idle, for the next one.
// sched_lock is held, at the return too; which interrupts it will restore is the task's own business.
static void switch_away(void) {
    struct task *from = current;
    struct task *to = pick_next();
    if (from == to) {
        return;
    }
    uint64_t irq_flags = sched_lock.irq_flags;
    this_cpu()->task = to;
    pagetable_activate(to->mm != NULL ? &to->mm->pt : &kernel_pt);
    context_switch_to(from, to);
    sched_lock.irq_flags = irq_flags;
    sched_lock.holder = this_cpu();
}

static void make_ready(struct task *task) {
    list_remove(&task->run_link);
    list_remove(&task->timed_link);
    task->state = TASK_RUNNING;
    task->interruptible = false;
    list_push_back(&run_queue, &task->run_link);
}

_Noreturn void sched_run(void) {
    for (;;) {
        sched_yield();
        cpu_wait_for_interrupt();
        irq_disable();
    }
}

void sched_setup(void) {
    list_init(&idle_task.run_link);
    list_init(&idle_task.timed_link);
    this_cpu()->task = &idle_task;
}

static void enqueue(struct task *task) {
    spin_lock(&sched_lock);
    make_ready(task);
    spin_unlock(&sched_lock);
}

void sched_start(struct task *task) {
    context_prepare(task);
    enqueue(task);
}

// A new task finds the lock held by whoever switched to it. Nothing was locked on this stack, so nothing
// says what to restore: interrupts are on from here.
static void finish_switch(void) {
    sched_lock.irq_flags = 0;
    sched_lock.holder = this_cpu();
    spin_unlock(&sched_lock);
    irq_enable();
}

// The first thing a new task does; then entry.asm enters user mode.
void task_begin(void);

void task_begin(void) {
    finish_switch();
    task_entered();
    irq_disable();
}

static void kthread_begin(void) {
    finish_switch();
    current->kthread_function(current->kthread_argument);
    sched_leave();
}

struct task *kthread_start(const char *name, void (*function)(void *argument), void *argument,
                           int *error) {
    struct task *task = task_create(error);
    if (task != NULL) {
        strlcpy(task->name, name, sizeof task->name);
        task->kthread_function = function;
        task->kthread_argument = argument;
        context_prepare_kernel(task, kthread_begin);
        enqueue(task);
    }
    return task;
}

void sched_yield(void) {
    spin_lock(&sched_lock);
    if (current != &idle_task) {
        list_push_back(&run_queue, &current->run_link);
    }
    switch_away();
    spin_unlock(&sched_lock);
}

_Noreturn void sched_leave(void) {
    spin_lock(&sched_lock);
    current->state = TASK_ZOMBIE;
    switch_away();
    panic("a task that has ended runs again");
}

// The lock is released only after the switch away from the task is complete.
void sched_wait_left(struct task *task) {
    bool left = false;
    while (!left) {
        spin_lock(&sched_lock);
        left = task->state == TASK_ZOMBIE;
        spin_unlock(&sched_lock);
        cpu_relax();
    }
}

void wait_queue_init(struct wait_queue *queue) {
    list_init(&queue->waiters);
}

// Sleeps in `queue`. The scheduler's lock is taken before the caller's is released: whoever wakes
// needs it, so that no wake-up falls in between. It also takes over what interrupts to restore.
static void sleep_in(struct wait_queue *queue, struct spinlock *lock, bool interruptible,
                     uint64_t wake_at) {
    spin_lock(&sched_lock);
    sched_lock.irq_flags = lock->irq_flags;
    lock->irq_flags = 0;
    spin_unlock(lock);
    ASSERT(current != &idle_task); // it must always be able to run
    bool signalled = interruptible && signal_pending(current);
    if (!signalled) {
        current->state = TASK_SLEEPING;
        current->interruptible = interruptible;
        current->wake_at = wake_at;
        list_push_back(&queue->waiters, &current->run_link);
        if (wake_at != 0) {
            list_push_back(&timed, &current->timed_link);
        }
        switch_away();
    }
    spin_unlock(&sched_lock);
    spin_lock(lock);
}

void wait_sleep(struct wait_queue *queue, struct spinlock *lock) {
    sleep_in(queue, lock, false, 0);
}

int wait_sleep_interruptible(struct wait_queue *queue, struct spinlock *lock) {
    sleep_in(queue, lock, true, 0);
    return signal_pending(current) ? -EINTR : 0;
}

int wait_sleep_until(struct wait_queue *queue, struct spinlock *lock, uint64_t deadline) {
    sleep_in(queue, lock, true, deadline);
    if (signal_pending(current)) {
        return -EINTR;
    }
    return cycle_count() >= deadline ? -ETIMEDOUT : 0;
}

void wait_wake_all(struct wait_queue *queue) {
    spin_lock(&sched_lock);
    while (!list_empty(&queue->waiters)) {
        make_ready(list_entry(queue->waiters.next, struct task, run_link));
    }
    spin_unlock(&sched_lock);
}

void wait_wake_one(struct wait_queue *queue) {
    spin_lock(&sched_lock);
    if (!list_empty(&queue->waiters)) {
        make_ready(list_entry(queue->waiters.next, struct task, run_link));
    }
    spin_unlock(&sched_lock);
}

void sched_interrupt(struct task *task) {
    spin_lock(&sched_lock);
    if (task->state == TASK_SLEEPING && task->interruptible) {
        make_ready(task);
    }
    spin_unlock(&sched_lock);
}

void sched_tick(void) {
    spin_lock(&sched_lock);
    uint64_t now = cycle_count();
    list_for_each_safe(link, &timed) {
        struct task *task = list_entry(link, struct task, timed_link);
        if (now >= task->wake_at) {
            make_ready(task);
        }
    }
    this_cpu()->need_resched = !list_empty(&run_queue);
    spin_unlock(&sched_lock);
}

bool user_return_pending(void) {
    return this_cpu()->need_resched || signal_pending(current);
}

void user_return_work(struct trapframe *tf) {
    while (user_return_pending()) {
        if (this_cpu()->need_resched) {
            this_cpu()->need_resched = false;
            sched_yield();
        } else {
            signal_deliver(tf);
        }
    }
}
