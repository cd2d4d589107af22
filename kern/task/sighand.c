// SPDX-License-Identifier: MIT
// A task's parts that have to do with signals: made, copied, given back.
#include "base/string.h"
#include "mm/heap.h"
#include "task/signal.h"
#include "task/task.h"

struct sighand *sighand_create(void) {
    struct sighand *sighand = kmalloc(sizeof *sighand); // zero: SIG_DFL
    if (sighand != NULL) {
        refcount_init(&sighand->owners);
        sighand->lock = (struct spinlock)SPINLOCK_INIT("sighand");
    }
    return sighand;
}

struct sighand *sighand_copy(struct sighand *from) {
    struct sighand *copy = sighand_create();
    if (copy != NULL) {
        spin_lock(&from->lock);
        memcpy(copy->actions, from->actions, sizeof copy->actions);
        spin_unlock(&from->lock);
    }
    return copy;
}

struct sighand *sighand_unshare(struct sighand *sighand) {
    if (!refcount_is_one(&sighand->owners)) {
        return sighand_copy(sighand);
    }
    sighand_get(sighand);
    return sighand;
}

struct sighand *sighand_exchange(struct task *task, struct sighand *sighand) {
    spin_lock(&task->signals.lock); // who sends a signal looks at it
    struct sighand *old = task->sighand;
    task->sighand = sighand;
    spin_unlock(&task->signals.lock);
    return old;
}

void sighand_get(struct sighand *sighand) {
    refcount_get(&sighand->owners);
}

void sighand_put(struct sighand *sighand) {
    if (refcount_put(&sighand->owners)) {
        kfree(sighand);
    }
}

void signal_init(struct signal_state *state) {
    memset(state, 0, sizeof *state);
    state->lock = (struct spinlock)SPINLOCK_INIT("signals");
    state->altstack.flags = SS_DISABLE;
    list_init(&state->queue);
}

void signal_copy(struct signal_state *to, const struct signal_state *from) {
    signal_init(to);
    to->blocked = from->blocked;
    to->altstack = from->altstack;
}

bool signal_child_ignored(struct task *parent, uint64_t flag) {
    bool ignored = false;
    spin_lock(&parent->signals.lock);
    if (!parent->signals.gone) {
        spin_lock(&parent->sighand->lock);
        const struct sigaction *action = &parent->sighand->actions[SIGCHLD - 1];
        ignored = action->handler == SIG_IGN || (action->flags & flag);
        spin_unlock(&parent->sighand->lock);
    }
    spin_unlock(&parent->signals.lock);
    return ignored;
}

void signal_dispositions(struct task *task, sigset_t *ignored, sigset_t *caught) {
    *ignored = *caught = 0;
    spin_lock(&task->signals.lock);
    if (!task->signals.gone) {
        spin_lock(&task->sighand->lock);
        for (int signal = 1; signal <= SIGNALS; signal++) {
            uintptr_t handler = task->sighand->actions[signal - 1].handler;
            *ignored |= handler == SIG_IGN ? sigset_of(signal) : 0;
            *caught |= handler > SIG_IGN ? sigset_of(signal) : 0;
        }
        spin_unlock(&task->sighand->lock);
    }
    spin_unlock(&task->signals.lock);
}

void signal_exit(struct task *task) {
    uint64_t interval = 0;
    alarm_set(task, 0, &interval);
    struct signal_state *state = &task->signals;
    struct siginfo info;
    spin_lock(&state->lock);
    state->gone = true;
    spin_unlock(&state->lock);
    while (signal_take(state, ~(sigset_t)0, &info) != 0) {
    }
    if (task->sighand != NULL) {
        sighand_put(task->sighand);
        task->sighand = NULL;
    }
}
