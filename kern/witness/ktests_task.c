// SPDX-License-Identifier: MIT
// Kernel tests of tasks: taking turns, sleeping, locks, numbers.
#include <arch/cpu.h>

#include "arch/machine.h"
#include "errno.h"
#include "kernel.h"
#include "task/mutex.h"
#include "task/pid.h"
#include "task/sched.h"
#include "task/task.h"
#include "witness/ktest.h"

enum { THREADS = 4, ROUNDS = 100 };

static struct task *threads[THREADS];

static bool start_all(void (*function)(void *argument)) {
    for (long i = 0; i < THREADS; i++) {
        int error = 0;
        threads[i] = kthread_start("ktest", function, (void *)i, &error);
        if (threads[i] == NULL) {
            return false;
        }
    }
    return true;
}

static void finish_all(void) {
    for (int i = 0; i < THREADS; i++) {
        while (threads[i]->state != TASK_ZOMBIE) {
            sched_yield();
        }
        sched_wait_left(threads[i]);
        task_destroy(threads[i]);
    }
}

static char order[THREADS * 3 + 1];
static int order_used;

static void note_turns(void *argument) {
    for (int i = 0; i < 3; i++) {
        order[order_used++] = (char)('a' + (long)argument);
        sched_yield();
    }
}

KTEST(sched_round_robin) {
    order_used = 0;
    KTEST_CHECK(start_all(note_turns));
    finish_all();
    for (int i = 0; i < THREADS * 3; i++) {
        KTEST_CHECK(order[i] == 'a' + i % THREADS);
    }
}

static struct mutex mutex;
static int inside;
static int entered;
static bool overlapped;

static void enter_and_yield(void *argument) {
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        mutex_lock(&mutex);
        overlapped = overlapped || inside != 0;
        inside++;
        entered++;
        sched_yield();
        inside--;
        mutex_unlock(&mutex);
    }
}

KTEST(mutex_excludes) {
    mutex_init(&mutex, "ktest");
    inside = entered = 0;
    overlapped = false;
    KTEST_CHECK(start_all(enter_and_yield));
    finish_all();
    KTEST_CHECK(!overlapped && entered == THREADS * ROUNDS && inside == 0);
}

static struct spinlock box_lock = SPINLOCK_INIT("ktest box");
static struct wait_queue box_changed;
static int box;
static int box_sum;

// Threads 0 and 1 put numbers into a box that holds one, 2 and 3 take them out.
static void use_box(void *argument) {
    bool puts = (long)argument < THREADS / 2;
    for (int i = 1; i <= ROUNDS; i++) {
        spin_lock(&box_lock);
        while ((box != 0) == puts) {
            wait_sleep(&box_changed, &box_lock);
        }
        box_sum += puts ? 0 : box;
        box = puts ? i : 0;
        wait_wake_all(&box_changed);
        spin_unlock(&box_lock);
    }
}

KTEST(wait_no_wakeup_lost) {
    wait_queue_init(&box_changed);
    box = box_sum = 0;
    KTEST_CHECK(start_all(use_box));
    finish_all();
    KTEST_CHECK(box == 0 && box_sum == 2 * (ROUNDS * (ROUNDS + 1) / 2));
}

KTEST(wait_times_out) {
    struct wait_queue queue;
    wait_queue_init(&queue);
    uint64_t deadline = cycle_count() + cycles_per_second() / 20;
    spin_lock(&box_lock);
    int error = wait_sleep_until(&queue, &box_lock, deadline);
    spin_unlock(&box_lock);
    KTEST_CHECK(error == -ETIMEDOUT && cycle_count() >= deadline);
}

// Every number can be taken; what is given back comes again last, and not while it is in use.
KTEST(pid_numbers) {
    static int taken[PID_MAX];
    int total = 0;
    spin_lock(&tree_lock);
    for (int pid = pid_take(); pid > 0; pid = pid_take()) {
        taken[total++] = pid;
    }
    bool full = pid_take() == -EAGAIN;
    pid_get(taken[5]); // a group, say
    pid_put(taken[5]);
    pid_put(taken[9]);
    bool last_first = pid_take() == taken[9];
    for (int i = 0; i < total; i++) {
        pid_put(taken[i]);
    }
    bool again = pid_take() == taken[0];
    pid_put(taken[0]);
    spin_unlock(&tree_lock);
    KTEST_CHECK(total > PID_MAX - 100 && full && last_first && again);
}
