// SPDX-License-Identifier: MIT
#include "task/mutex.h"

#include "kernel.h"
#include "task/task.h"

void mutex_init(struct mutex *mutex, const char *name) {
    mutex->lock = (struct spinlock)SPINLOCK_INIT(name);
    mutex->holder = NULL;
    wait_queue_init(&mutex->queue);
}

void mutex_lock(struct mutex *mutex) {
    ASSERT(!mutex_held(mutex));
    spin_lock(&mutex->lock);
    while (mutex->holder != NULL) {
        wait_sleep(&mutex->queue, &mutex->lock);
    }
    mutex->holder = current;
    spin_unlock(&mutex->lock);
}

void mutex_unlock(struct mutex *mutex) {
    ASSERT(mutex_held(mutex));
    spin_lock(&mutex->lock);
    mutex->holder = NULL;
    wait_wake_one(&mutex->queue);
    spin_unlock(&mutex->lock);
}

bool mutex_held(const struct mutex *mutex) {
    return mutex->holder == current && current != NULL;
}
