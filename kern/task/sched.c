// SPDX-License-Identifier: MIT
#include "task/sched.h"

#include <arch/cpu.h>

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "task/park.h"
#include "task/signal.h"
#include "task/task.h"
#include "task/wait.h"

// Guards the run queues, all wait queues, and what struct task says it guards. The innermost lock:
// nothing is taken inside it. It is held across a switch: the task that is switched to releases it.
static struct spinlock sched_lock = SPINLOCK_INIT("sched");
static struct list run_queues[MAX_CPUS]; // of each CPU
static unsigned idle_cpus; // bit N: cpus[N] has nothing to do, and has not been told otherwise
static struct list timed = LIST_INIT(timed); // sleepers with a wake_at

static struct task idle_tasks[MAX_CPUS];

static bool is_idle(const struct task *task) {
    return task >= idle_tasks && task < idle_tasks + MAX_CPUS;
}

// The first in this CPU's queue; if that is empty, the first in somebody else's.
static struct task *pick_next(void) {
    unsigned me = this_cpu()->id;
    for (unsigned i = 0; i < cpu_count; i++) {
        struct list *queue = &run_queues[(me + i) % cpu_count];
        if (!list_empty(queue)) {
            struct task *next = list_entry(queue->next, struct task, run_link);
            list_remove(&next->run_link);
            next->cpu = this_cpu();
            return next;
        }
    }
    idle_cpus |= 1u << me;
    return &idle_tasks[me];
}

// Leaves the current task, which is in a run queue, in a wait queue, or idle, for the next one.
// sched_lock is held, at the return too; which interrupts it will restore is the task's own
// business.
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
}

// Puts a task into the queue of the CPU it ran on last, where its memory may still be at hand;
// tells an idle CPU, that one if it can be.
static void make_ready(struct task *task) {
    list_remove(&task->run_link);
    list_remove(&task->timed_link);
    task->state = TASK_RUNNING;
    task->interruptible = false;
    list_push_back(&run_queues[task->cpu->id], &task->run_link);
    if (idle_cpus != 0) {
        unsigned its_own = 1u << task->cpu->id;
        unsigned chosen = idle_cpus & its_own ? task->cpu->id : (unsigned)__builtin_ctz(idle_cpus);
        idle_cpus &= ~(1u << chosen);
        if (chosen != this_cpu()->id) {
            cpu_kick(&cpus[chosen]);
        }
    }
}

_Noreturn void sched_run(void) {
    for (;;) {
        if (park_wanted()) {
            park();
        }
        sched_yield();
        cpu_wait_for_interrupt();
        irq_disable();
    }
}

void sched_setup(void) {
    struct cpu *cpu = this_cpu();
    struct task *idle = &idle_tasks[cpu->id];
    strlcpy(idle->name, "idle", sizeof idle->name);
    idle->cpu = cpu;
    list_init(&idle->run_link);
    list_init(&idle->timed_link);
    for (unsigned id = 0; cpu->id == 0 && id < MAX_CPUS; id++) {
        list_init(&run_queues[id]); // others look into it before that CPU does
    }
    cpu->task = idle;
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

// A new task finds the lock held by whoever switched to it. Nothing was locked on this stack, so
// nothing says what to restore: interrupts are on from here.
static void finish_switch(void) {
    sched_lock.irq_flags = 0;
    spin_unlock(&sched_lock);
    irq_enable();
}

// The first thing a new task does; then entry.asm enters user mode.
void task_begin(void);

void task_begin(void) {
    finish_switch();
    if (current->kthread_function != NULL) {
        current->kthread_function(current->kthread_argument);
    }
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
    if (!is_idle(current)) {
        list_push_back(&run_queues[this_cpu()->id], &current->run_link);
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
    ASSERT(!is_idle(current)); // it must always be able to run
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
    } else if (task->cpu != this_cpu() && task->cpu->task == task) {
        cpu_kick(task->cpu); // it looks on its way back to user mode
    }
    spin_unlock(&sched_lock);
}

static void wake_timed(void) {
    uint64_t now = cycle_count();
    list_for_each_safe(link, &timed) {
        struct task *task = list_entry(link, struct task, timed_link);
        if (now >= task->wake_at) {
            make_ready(task);
        }
    }
}

void sched_tick(void) {
    struct cpu *cpu = this_cpu();
    spin_lock(&sched_lock);
    if (cpu->id == 0) {
        wake_timed();
    }
    if (!list_empty(&run_queues[cpu->id])) {
        cpu->need_resched = true;
    }
    spin_unlock(&sched_lock);
}

// An interrupt that comes after the last look would be noticed only at the next: so that one is
// with interrupts off.
void user_return_work(struct trapframe *tf) {
    irq_disable();
    while (user_return_pending()) {
        bool others = __atomic_exchange_n(&this_cpu()->need_resched, false, __ATOMIC_SEQ_CST);
        irq_enable();
        if (park_wanted()) {
            park();
        } else if (others) {
            sched_yield();
        } else {
            signal_deliver(tf);
        }
        irq_disable();
    }
}
