// SPDX-License-Identifier: MIT
// poll(2).
#include "fs/poll.h"

#include <arch/cpu.h>

#include "arch/machine.h"
#include "errno.h"
#include "fs/files.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "sys/time.h"
#include "task/task.h"

// struct pollfd
struct poll_entry {
    int32_t fd;
    uint16_t wanted;
    uint16_t found;
};

static uint16_t look(const struct poll_entry *entry) {
    if (entry->fd < 0) {
        return 0;
    }
    struct file *file = fd_get(current->files, entry->fd);
    if (file == NULL) {
        return POLLNVAL;
    }
    unsigned state = file->ops->poll(file);
    file_put(file);
    return (uint16_t)(state & (entry->wanted | POLLERR | POLLHUP));
}

// Looks at all. Returns how many have something to say, or -EFAULT.
static int64_t look_at_all(uintptr_t entries, unsigned count) {
    int64_t ready = 0;
    for (unsigned i = 0; i < count; i++) {
        struct poll_entry entry;
        uintptr_t at = entries + i * sizeof entry;
        if (copy_from_user(&entry, at, sizeof entry) < 0) {
            return -EFAULT;
        }
        entry.found = look(&entry);
        ready += entry.found != 0;
        if (copy_to_user(at, &entry, sizeof entry) < 0) {
            return -EFAULT;
        }
    }
    return ready;
}

// When a wait that starts now and lasts `ms` ends; 0: never.
static uint64_t deadline_after(int32_t ms) {
    uint64_t each = cycles_per_second() / 1000;
    return ms < 0 ? 0 : cycle_count() + (uint64_t)ms * each + 1;
}

int64_t sys_poll(struct trapframe *tf) {
    uintptr_t entries = trapframe_argument(tf, 0);
    unsigned count = (unsigned)trapframe_argument(tf, 1);
    int32_t timeout_ms = (int32_t)trapframe_argument(tf, 2);
    if (count > FD_LIMIT) {
        return -EINVAL;
    }
    uint64_t deadline = deadline_resumed(deadline_after(timeout_ms));
    uint64_t seen = poll_begin();
    int64_t result = look_at_all(entries, count);
    while (result == 0 && timeout_ms != 0) {
        int error = poll_wait(&seen, deadline);
        if (error == -EINTR) {
            result = deadline_interrupted(deadline);
            break;
        }
        result = look_at_all(entries, count);
        if (error == -ETIMEDOUT) {
            break;
        }
    }
    poll_end();
    return result;
}
