// SPDX-License-Identifier: MIT
#include "task/alarm.h"

#include <arch/cpu.h>

#include "lock.h"
#include "task/task.h"

static struct spinlock alarm_lock = SPINLOCK_INIT("alarm");
static struct list alarms = LIST_INIT(alarms); // those that are set, in no order

void alarm_init(struct alarm *alarm) {
    *alarm = (struct alarm){.due = 0};
    list_init(&alarm->link);
}

// alarm_get with alarm_lock held. What is overdue is due any moment, but not unset.
static uint64_t remaining(const struct alarm *alarm) {
    uint64_t now = cycle_count();
    if (alarm->due == 0) {
        return 0;
    }
    return alarm->due > now ? alarm->due - now : 1;
}

uint64_t alarm_set(struct task *task, uint64_t after, uint64_t *interval) {
    struct alarm *alarm = &task->alarm;
    spin_lock(&alarm_lock);
    uint64_t left = remaining(alarm);
    uint64_t old_interval = alarm->interval;
    list_remove(&alarm->link);
    alarm->due = after != 0 ? cycle_count() + after : 0;
    alarm->interval = *interval;
    if (after != 0) {
        list_push_back(&alarms, &alarm->link);
    }
    spin_unlock(&alarm_lock);
    *interval = old_interval;
    return left;
}

uint64_t alarm_get(uint64_t *interval) {
    struct alarm *alarm = &current->alarm;
    spin_lock(&alarm_lock);
    uint64_t left = remaining(alarm);
    *interval = alarm->interval;
    spin_unlock(&alarm_lock);
    return left;
}

void alarm_tick(void) {
    uint64_t now = cycle_count();
    spin_lock(&alarm_lock);
    list_for_each_safe(link, &alarms) {
        struct alarm *alarm = list_entry(link, struct alarm, link);
        if (now < alarm->due) {
            continue;
        }
        alarm->due = alarm->interval != 0 ? now + alarm->interval : 0;
        if (alarm->due == 0) {
            list_remove(link);
        }
        signal_send(list_entry(alarm, struct task, alarm), SIGALRM);
    }
    spin_unlock(&alarm_lock);
}
