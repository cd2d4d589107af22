// SPDX-License-Identifier: MIT
// poll(2) and pselect(2).
#include "fs/poll.h"

#include <arch/cpu.h>

#include "arch/machine.h"
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "mm/usercopy.h"
#include "sys/signal.h"
#include "sys/syscall.h"
#include "sys/time.h"
#include "task/task.h"

// struct pollfd
struct poll_entry {
    int32_t fd;
    uint16_t wanted;
    uint16_t found;
};

// What a file has to say now; POLLNVAL if the descriptor is not open.
static unsigned state_of(int fd) {
    struct file *file = fd_get(current->files, fd);
    if (file == NULL) {
        return POLLNVAL;
    }
    unsigned state = file->ops->poll(file);
    file_put(file);
    return state;
}

// Until one of them has something to say: calls `look`, which answers how many do, or an error, and
// sleeps. Returns what it answered last, or -ERESTARTNOHAND.
static int64_t look_until(int64_t look(void *files), void *files, uint64_t deadline) {
    uint64_t seen = poll_begin();
    int64_t result = look(files);
    while (result == 0 && !signal_pending(current) && cycle_count() < deadline) {
        (void)poll_wait(&seen, deadline); // why it has ended will be seen
        result = look(files);
    }
    poll_end();
    return result == 0 && signal_pending(current) ? deadline_interrupted(deadline) : result;
}

// ---- poll ------------------------------------------------------------------------------------

struct poll_entries {
    uintptr_t start; // in user memory
    unsigned count;
};

static int64_t look_at_entries(void *files) {
    const struct poll_entries *entries = files;
    int64_t ready = 0;
    for (unsigned i = 0; i < entries->count; i++) {
        struct poll_entry entry;
        uintptr_t at = entries->start + i * sizeof entry;
        if (copy_from_user(&entry, at, sizeof entry) < 0) {
            return -EFAULT;
        }
        unsigned wanted = entry.wanted | POLLERR | POLLHUP | POLLNVAL;
        entry.found = (uint16_t)(entry.fd < 0 ? 0 : state_of(entry.fd) & wanted);
        ready += entry.found != 0;
        if (copy_to_user(at, &entry, sizeof entry) < 0) {
            return -EFAULT;
        }
    }
    return ready;
}

// When a wait that starts now and lasts `ms` ends; below 0: never.
static uint64_t deadline_after(int32_t ms) {
    uint64_t each = cycles_per_second() / 1000;
    return ms < 0 ? UINT64_MAX : cycle_count() + (uint64_t)ms * each + 1;
}

int64_t sys_poll(struct trapframe *tf) {
    struct poll_entries entries = {
        .start = trapframe_argument(tf, 0),
        .count = (unsigned)trapframe_argument(tf, 1),
    };
    uint64_t deadline = deadline_after((int32_t)trapframe_argument(tf, 2));
    return entries.count > (unsigned)current->files->limit
               ? -EINVAL
               : look_until(look_at_entries, &entries, deadline_resumed(deadline));
}

// ---- pselect ---------------------------------------------------------------------------------

enum { SETS = 3, WORD_BITS = 64 };

// What each set asks for. Nothing exceptional ever happens to a file.
static const unsigned events[SETS] = {POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, 0};

struct selection {
    int count; // of descriptors, from 0 on
    uint64_t wanted[SETS][FD_LIMIT / WORD_BITS];
    uint64_t found[SETS][FD_LIMIT / WORD_BITS];
};

static bool is_wanted(const struct selection *selection, unsigned set, int fd) {
    return selection->wanted[set][fd / WORD_BITS] >> fd % WORD_BITS & 1;
}

static int64_t look_at_sets(void *files) {
    struct selection *selection = files;
    int64_t ready = 0;
    for (int fd = 0; fd < selection->count; fd++) {
        if (!is_wanted(selection, 0, fd) && !is_wanted(selection, 1, fd) &&
            !is_wanted(selection, 2, fd)) {
            continue;
        }
        unsigned state = state_of(fd);
        if (state & POLLNVAL) {
            return -EBADF;
        }
        for (unsigned set = 0; set < SETS; set++) {
            if (is_wanted(selection, set, fd) && (state & events[set])) {
                selection->found[set][fd / WORD_BITS] |= 1UL << fd % WORD_BITS;
                ready++;
            }
        }
    }
    return ready;
}

// Reads the sets at user addresses `at` (0: an empty one), and replaces them by what has been
// found.
static int64_t select_sets(int count, const uintptr_t at[SETS], uint64_t deadline) {
    struct selection selection = {.count = count < FD_LIMIT ? count : FD_LIMIT};
    size_t bytes = ((size_t)selection.count + WORD_BITS - 1) / WORD_BITS * sizeof(uint64_t);
    for (unsigned set = 0; set < SETS; set++) {
        if (at[set] != 0 && copy_from_user(selection.wanted[set], at[set], bytes) < 0) {
            return -EFAULT;
        }
    }
    int64_t ready = look_until(look_at_sets, &selection, deadline);
    for (unsigned set = 0; set < SETS && ready >= 0; set++) {
        if (at[set] != 0 && copy_to_user(at[set], selection.found[set], bytes) < 0) {
            return -EFAULT;
        }
    }
    return ready;
}

int64_t sys_pselect6(struct trapframe *tf) {
    const uintptr_t at[SETS] = {trapframe_argument(tf, 1), trapframe_argument(tf, 2),
                                trapframe_argument(tf, 3)};
    int count = (int)trapframe_argument(tf, 0);
    uintptr_t timeout = trapframe_argument(tf, 4);
    uintptr_t mask_at = trapframe_argument(tf, 5);
    uint64_t deadline;
    struct {
        uintptr_t set;
        uint64_t bytes;
    } mask = {0};
    if (mask_at != 0 && copy_from_user(&mask, mask_at, sizeof mask) < 0) {
        return -EFAULT;
    }
    int error = deadline_from_user(timeout, &deadline);
    if (error == 0 && mask.set != 0) {
        error = signal_mask_for_call(mask.set, mask.bytes);
    }
    if (error < 0) {
        return error;
    }
    deadline = deadline_resumed(deadline);
    int64_t result = count < 0 ? -EINVAL : select_sets(count, at, deadline);
    if (result != -ERESTARTNOHAND) {
        signal_end_temporary_mask();
    }
    if (timeout != 0) {
        (void)deadline_rest_to_user(deadline, timeout); // as Linux: it is no error
    }
    return result;
}
