// SPDX-License-Identifier: MIT
// Signals between tasks, without programs: what is queued, merged, dropped, inherited.
#include "base/list.h"
#include "errno.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "task/cred.h"
#include "task/task.h"
#include "witness/ktest.h"

#define ALL (~(sigset_t)0)

// A task that never runs, with as much of it as signals need.
static struct task *task_for_signals(int pid) {
    struct task *task = kmalloc(sizeof *task);
    if (task != NULL) {
        task->pid = pid;
        task->cpu = this_cpu();
        signal_init(&task->signals);
        alarm_init(&task->alarm);
        task->sighand = sighand_create();
        list_init(&task->stopped_link);
        wait_queue_init(&task->continued);
    }
    return task;
}

static void task_drop(struct task *task) {
    signal_exit(task);
    kfree(task);
}

static int send(struct task *task, int signal, int code) {
    struct siginfo info = {.signal = signal, .code = code};
    return signal_send_info(task, &info);
}

KTEST(signal_order) {
    struct task *task = task_for_signals(70);
    struct siginfo info;
    KTEST_CHECK(task != NULL && task->sighand != NULL && !signal_pending(task));
    static const int sent[] = {SIGTERM, 40, SIGHUP, SIGSEGV, SIGTERM, 40};
    for (unsigned i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        KTEST_CHECK(send(task, sent[i], -(int)i) == 0);
    }
    KTEST_CHECK(signal_pending(task));
    KTEST_CHECK(signal_take(&task->signals, ALL, &info) == SIGSEGV && info.code == -3);
    KTEST_CHECK(signal_take(&task->signals, ALL, &info) == SIGHUP && info.code == -2);
    KTEST_CHECK(signal_take(&task->signals, ALL, &info) == SIGTERM && info.code == 0);
    KTEST_CHECK(signal_take(&task->signals, ALL, &info) == 40 && info.code == -1);
    KTEST_CHECK(signal_take(&task->signals, ALL, &info) == 40 && info.code == -5);
    KTEST_CHECK(signal_take(&task->signals, ALL, &info) == 0 && !signal_pending(task));
    task_drop(task);
}

KTEST(signal_dropped) {
    struct task *task = task_for_signals(70);
    struct task *first = task_for_signals(1);
    KTEST_CHECK(task != NULL && task->sighand != NULL && first != NULL && first->sighand != NULL);
    KTEST_CHECK(send(task, SIGCHLD, 0) == 0 && !signal_pending(task)); // ignored by default
    KTEST_CHECK(send(first, SIGKILL, 0) == 0 && !signal_pending(first));
    task->signals.blocked = sigset_of(SIGCHLD); // blocked: not ignored
    KTEST_CHECK(send(task, SIGCHLD, 0) == 0 && !signal_pending(task));
    KTEST_CHECK(task->signals.pending == sigset_of(SIGCHLD));
    task->signals.awaited = sigset_of(SIGCHLD);
    KTEST_CHECK(signal_pending(task));
    task->sighand->actions[SIGUSR1 - 1].handler = SIG_IGN;
    KTEST_CHECK(send(task, SIGUSR1, 0) == 0 && task->signals.pending == sigset_of(SIGCHLD));
    signal_exit(task);
    KTEST_CHECK(send(task, SIGKILL, 0) == 0 && task->signals.pending == 0);
    kfree(task);
    task_drop(first);
}

KTEST(signal_permitted) {
    struct task *from = task_for_signals(70);
    struct task *to = task_for_signals(71);
    KTEST_CHECK(from != NULL && to != NULL);
    from->cred = cred_create(5);
    to->cred = cred_create(6);
    KTEST_CHECK(from->cred != NULL && to->cred != NULL);
    to->sid = 1;
    KTEST_CHECK(signal_may_send(from, from, SIGTERM) && !signal_may_send(from, to, SIGTERM));
    KTEST_CHECK(!signal_may_send(from, to, SIGCONT) && !signal_may_send(from, to, 0));
    from->sid = 1;
    KTEST_CHECK(signal_may_send(from, to, SIGCONT) && !signal_may_send(from, to, SIGTERM));
    to->cred->euid = 5; // what it may do now is not what it is
    KTEST_CHECK(!signal_may_send(from, to, SIGTERM));
    to->cred->suid = 5;
    KTEST_CHECK(signal_may_send(from, to, SIGTERM));
    from->cred->euid = 4;
    KTEST_CHECK(signal_may_send(from, to, SIGTERM));
    from->cred->uid = 4;
    KTEST_CHECK(!signal_may_send(from, to, SIGTERM));
    to->cred->uid = 4;
    KTEST_CHECK(signal_may_send(from, to, SIGTERM));
    from->cred->uid = from->cred->euid = 0;
    to->cred->uid = 6;
    KTEST_CHECK(signal_may_send(from, to, SIGTERM));
    cred_put(from->cred);
    cred_put(to->cred);
    task_drop(from);
    task_drop(to);
}

KTEST(signal_inherited) {
    struct task *parent = task_for_signals(70);
    struct task *child = task_for_signals(71);
    KTEST_CHECK(parent != NULL && parent->sighand != NULL && child != NULL);
    parent->signals.blocked = sigset_of(SIGUSR1);
    parent->sighand->actions[SIGUSR2 - 1].handler = SIG_IGN;
    parent->sighand->actions[SIGCHLD - 1].flags = SA_NOCLDWAIT;
    KTEST_CHECK(send(parent, SIGUSR1, 0) == 0);
    signal_copy(&child->signals, &parent->signals);
    KTEST_CHECK(child->signals.blocked == sigset_of(SIGUSR1) && child->signals.pending == 0);
    struct sighand *copy = sighand_copy(parent->sighand);
    KTEST_CHECK(copy != NULL && copy->actions[SIGUSR2 - 1].handler == SIG_IGN);
    sighand_put(copy);
    KTEST_CHECK(signal_child_ignored(parent, SA_NOCLDWAIT) &&
                !signal_child_ignored(parent, SA_NOCLDSTOP) &&
                !signal_child_ignored(child, SA_NOCLDWAIT));
    task_drop(parent);
    task_drop(child);
}

// Without memory details are lost, not signals; only a real-time one, which must not be merged, is
// refused.
KTEST(signal_out_of_memory) {
    struct task *task = task_for_signals(70);
    struct siginfo info;
    KTEST_CHECK(task != NULL && task->sighand != NULL);
    struct list taken = LIST_INIT(taken);
    struct frame *frame;
    while ((frame = frame_alloc(FRAME_KERNEL)) != NULL) {
        list_push_back(&taken, &frame->link);
    }
    int sent = 0;
    while (send(task, 40, -1) == 0) { // until what the heap had left is used up
        sent++;
    }
    KTEST_CHECK(send(task, 40, -1) == -EAGAIN && send(task, SIGTERM, -1) == 0);
    KTEST_CHECK(signal_take(&task->signals, ALL, &info) == SIGTERM && info.code == 0);
    while (signal_take(&task->signals, ALL, &info) == 40) {
        sent--;
    }
    KTEST_CHECK(sent == 0);
    list_for_each_safe(link, &taken) {
        frame = list_entry(link, struct frame, link);
        list_remove(link);
        frame_free(frame);
    }
    task_drop(task);
}

KTEST(alarm_rings_and_stops) {
    struct task *task = task_for_signals(70);
    KTEST_CHECK(task != NULL && task->sighand != NULL);
    uint64_t interval = 0;
    KTEST_CHECK(alarm_set(task, 1, &interval) == 0 && interval == 0);
    alarm_tick();
    KTEST_CHECK(task->signals.pending == sigset_of(SIGALRM) && task->alarm.due == 0);
    interval = 5;
    KTEST_CHECK(alarm_set(task, 1UL << 60, &interval) == 0);
    interval = 0;
    uint64_t left = alarm_set(task, 0, &interval);
    KTEST_CHECK(left > 1UL << 59 && left <= 1UL << 60 && interval == 5);
    KTEST_CHECK(list_empty(&task->alarm.link));
    task_drop(task);
}
