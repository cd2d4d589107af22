// SPDX-License-Identifier: MIT
// The terminal as a file, and as what a session is controlled from (POSIX.1, General Terminal
// Interface).
#include <arch/cpu.h>

#include "arch/machine.h"
#include "base/string.h"
#include "errno.h"
#include "fs/console.h"
#include "fs/device.h"
#include "fs/file.h"
#include "fs/poll.h"
#include "fs/uio.h"
#include "mm/usercopy.h"
#include "sys/signal.h"
#include "task/cred.h"
#include "task/jobs.h"
#include "task/pid.h"
#include "task/task.h"

enum { CHUNK_BYTES = 256 };

// There is one terminal, whatever name it was opened by.
static struct tty *const tty = &console_tty;

// ---- Whose it is -----------------------------------------------------------------------------

static void set_foreground(int pgid) {
    if (pgid != 0) {
        pid_get(pgid);
    }
    if (tty->pgid != 0) {
        pid_put(tty->pgid);
    }
    tty->pgid = pgid;
}

// Leaves the session that has the terminal without it.
static void release(void) {
    list_for_each(link, &tasks) {
        list_entry(link, struct task, link)->tty = NULL;
    }
    tty->sid = 0;
    set_foreground(0);
}

void tty_give(struct task *leader) {
    tty->sid = leader->sid;
    set_foreground(leader->pgid);
    leader->tty = tty;
}

static bool is_leader(const struct task *task) {
    return task->sid == task->pid;
}

void tty_leave(struct task *task, bool ends) {
    if (task->tty == NULL || !is_leader(task)) {
        return;
    }
    signal_send_group(tty->pgid, SIGHUP);
    if (!ends) {
        signal_send_group(tty->pgid, SIGCONT);
    }
    release();
}

// Returns 0 if the current task may go on with what only the foreground may do (`signal` is
// SIGTTIN: read, or SIGTTOU: change something); if not, -EIO, or its group has been sent the
// signal, and the call is to be made anew.
static int64_t job_check(int signal) {
    int64_t error = 0;
    spin_lock(&tree_lock);
    int pgid = current->pgid;
    if (current->tty == tty && pgid != tty->pgid) {
        if (signal_is_ignored(signal)) {
            error = signal == SIGTTIN ? -EIO : 0;
        } else if (group_is_orphaned(pgid)) {
            error = -EIO;
        } else {
            signal_send_group(pgid, signal);
            error = -ERESTARTSYS;
        }
    }
    spin_unlock(&tree_lock);
    return error;
}

// TIOCSCTTY. The superuser may take it (`steal`) from another session.
static int64_t take_control(const struct file *file, bool steal) {
    bool superuser = current->cred->euid == 0;
    if (is_leader(current) && tty->sid == current->sid) {
        return 0;
    }
    if (!is_leader(current) || current->tty != NULL || (tty->sid != 0 && !(steal && superuser)) ||
        !(file->readable || superuser)) {
        return -EPERM;
    }
    release();
    tty_give(current);
    return 0;
}

// TIOCNOTTY.
static void leave_control(void) {
    tty_leave(current, false);
    current->tty = NULL;
}

// TIOCSPGRP. The number may also be a task's that leads no group, if it is in the session.
static int64_t change_foreground(int pgid) {
    if (pgid < 0) {
        return -EINVAL;
    }
    int sid = group_session(pgid);
    if (sid == 0 && task_find(pgid) != NULL) {
        sid = task_find(pgid)->sid;
    }
    if (sid != current->sid) {
        return sid == 0 ? -ESRCH : -EPERM;
    }
    set_foreground(pgid);
    return 0;
}

// A session leader that has no terminal gets the one it opens, if nobody else has it.
static int open_terminal(struct file *file, unsigned flags) {
    file->ops = &tty_ops;
    spin_lock(&tree_lock);
    if ((flags & O_NOCTTY) == 0 && file->readable && is_leader(current) && current->tty == NULL &&
        tty->sid == 0) {
        tty_give(current);
    }
    spin_unlock(&tree_lock);
    return 0;
}

static int open_controlling(struct file *file, unsigned flags) {
    (void)flags;
    file->ops = &tty_ops;
    spin_lock(&tree_lock);
    int error = current->tty == NULL ? -ENXIO : 0;
    spin_unlock(&tree_lock);
    return error;
}

// ---- Reading and writing ---------------------------------------------------------------------

// How long a read goes on (POSIX.1, VMIN and VTIME).
struct patience {
    bool wait;         // O_NONBLOCK is not set
    int64_t minimum;   // bytes
    uint64_t between;  // cycles it may take from one to the next; 0: for ever
    uint64_t deadline; // cycle_count() when it gives up; 0: never
};

static struct patience patience_of(const struct file *file) {
    const struct termios *termios = &tty->termios;
    struct patience patience = {.wait = (file->flags & O_NONBLOCK) == 0, .minimum = 1};
    if ((termios->lflag & ICANON) == 0) {
        uint64_t span = cycles_per_second() / 10 * termios->cc[VTIME];
        if (termios->cc[VMIN] == 0) {
            patience.deadline = cycle_count() + span;
        } else {
            patience.minimum = termios->cc[VMIN];
            patience.between = span;
        }
    }
    return patience;
}

// Waits until something can be read. Returns 0, or why not: -ETIMEDOUT, -EAGAIN, -ERESTARTSYS. The
// terminal is locked.
static int64_t await_input(const struct patience *patience) {
    int error = 0;
    while (error == 0 && !tty_readable(tty, false)) {
        if (patience->deadline != 0 && cycle_count() >= patience->deadline) {
            error = -ETIMEDOUT;
        } else if (!patience->wait) {
            error = -EAGAIN;
        } else if (patience->deadline != 0) {
            error = wait_sleep_until(&tty->readers, &tty->lock, patience->deadline);
        } else {
            error = wait_sleep_interruptible(&tty->readers, &tty->lock);
        }
    }
    return error == -EINTR ? -ERESTARTSYS : error;
}

// Takes input into user memory, at most a chunk. The terminal is locked, but not while it copies.
// Returns the number of bytes, or an error of await_input, or -EFAULT; *ended says that a line is
// at its end.
static int64_t read_chunk(const struct patience *patience, struct uio *uio, bool *ended) {
    char chunk[CHUNK_BYTES];
    int64_t error = await_input(patience);
    if (error < 0) {
        return error;
    }
    size_t wanted = uio->left < CHUNK_BYTES ? uio->left : CHUNK_BYTES;
    size_t got = tty_take(tty, chunk, wanted, ended);
    spin_unlock(&tty->lock);
    size_t put = uio_put(uio, chunk, got);
    spin_lock(&tty->lock);
    *ended = *ended || put < got;
    return put > 0 || got == 0 ? (int64_t)put : -EFAULT;
}

static int64_t tty_read(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)offset;
    int64_t done = 0;
    int64_t result = job_check(SIGTTIN);
    bool ended = false;
    spin_lock(&tty->lock);
    struct patience patience = patience_of(file);
    while (result >= 0 && uio->left > 0 && !ended &&
           (done < patience.minimum || tty_readable(tty, false))) {
        result = read_chunk(&patience, uio, &ended);
        done += result > 0 ? result : 0;
        if (patience.between != 0) {
            patience.deadline = cycle_count() + patience.between;
        }
    }
    spin_unlock(&tty->lock);
    return done > 0 || result == -ETIMEDOUT ? done : result;
}

static int64_t tty_write(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)file;
    (void)offset;
    char chunk[CHUNK_BYTES];
    int64_t done = 0;
    int64_t error = (tty->termios.lflag & TOSTOP) ? job_check(SIGTTOU) : 0;
    while (error == 0 && uio->left > 0) {
        size_t got = uio_take(uio, chunk, uio->left < CHUNK_BYTES ? uio->left : CHUNK_BYTES);
        spin_lock(&tty->lock);
        tty_put(tty, chunk, got);
        spin_unlock(&tty->lock);
        done += (int64_t)got;
        error = got == 0 ? -EFAULT : 0;
    }
    return done > 0 ? done : error;
}

static unsigned tty_poll(struct file *file) {
    (void)file;
    spin_lock(&tty->lock);
    unsigned found = POLLOUT | (tty_readable(tty, true) ? POLLIN : 0);
    spin_unlock(&tty->lock);
    return found;
}

// ---- Asking and changing ---------------------------------------------------------------------

static int64_t give_number(uintptr_t to, int64_t number) {
    int value = (int)number;
    return number < 0 ? number : copy_to_user(to, &value, sizeof value);
}

static int64_t get_termios(uintptr_t to) {
    spin_lock(&tty->lock);
    struct termios termios = tty->termios;
    spin_unlock(&tty->lock);
    return copy_to_user(to, &termios, sizeof termios);
}

static int64_t set_termios(uintptr_t from, bool flush) {
    struct termios termios;
    if (copy_from_user(&termios, from, sizeof termios) < 0) {
        return -EFAULT;
    }
    spin_lock(&tty->lock);
    if (flush) {
        tty_flush(tty);
    }
    tty_set_termios(tty, &termios);
    spin_unlock(&tty->lock);
    poll_notify();
    return 0;
}

static int64_t get_size(uintptr_t to) {
    spin_lock(&tty->lock);
    struct winsize size = tty->size;
    spin_unlock(&tty->lock);
    return copy_to_user(to, &size, sizeof size);
}

static int64_t set_size(uintptr_t from) {
    struct winsize size;
    if (copy_from_user(&size, from, sizeof size) < 0) {
        return -EFAULT;
    }
    spin_lock(&tty->lock);
    bool same = memcmp(&size, &tty->size, sizeof size) == 0;
    tty->size = size;
    spin_unlock(&tty->lock);
    if (!same) {
        spin_lock(&tree_lock);
        signal_send_group(tty->pgid, SIGWINCH);
        spin_unlock(&tree_lock);
    }
    return 0;
}

static int64_t flush(uint64_t which) {
    if (which > TCIOFLUSH) {
        return -EINVAL;
    }
    if (which != TCOFLUSH) { // output does not wait anywhere
        spin_lock(&tty->lock);
        tty_flush(tty);
        spin_unlock(&tty->lock);
    }
    return 0;
}

static int64_t count_input(void) {
    spin_lock(&tty->lock);
    unsigned bytes = tty_readable_bytes(tty);
    spin_unlock(&tty->lock);
    return bytes;
}

// Requests about sessions and groups.
static int64_t control(const struct file *file, unsigned request, uint64_t argument) {
    int pgid = 0;
    if (request == TIOCSPGRP && copy_from_user(&pgid, argument, sizeof pgid) < 0) {
        return -EFAULT;
    }
    spin_lock(&tree_lock);
    int64_t result = current->tty == tty ? 0 : -ENOTTY;
    if (request == TIOCSCTTY) {
        result = take_control(file, argument == 1);
    } else if (result == 0 && request == TIOCNOTTY) {
        leave_control();
    } else if (result == 0 && request == TIOCSPGRP) {
        result = change_foreground(pgid);
    } else if (result == 0) {
        result = request == TIOCGPGRP ? tty->pgid : tty->sid;
    }
    spin_unlock(&tree_lock);
    bool asked = request == TIOCGPGRP || request == TIOCGSID;
    return asked ? give_number(argument, result) : result;
}

static bool changes(unsigned request) {
    return request == TCSETS || request == TCSETSW || request == TCSETSF || request == TCFLSH ||
           request == TCSBRK || request == TIOCSPGRP;
}

static int64_t tty_ioctl(struct file *file, unsigned request, uint64_t argument) {
    int64_t error = changes(request) ? job_check(SIGTTOU) : 0;
    if (error < 0) {
        return error == -EIO && request == TIOCSPGRP ? -ENOTTY : error;
    }
    switch (request) {
    case TCGETS:
        return get_termios(argument);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return set_termios(argument, request == TCSETSF);
    case TCSBRK: // tcdrain: all is out
        return 0;
    case TCFLSH:
        return flush(argument);
    case TIOCGWINSZ:
        return get_size(argument);
    case TIOCSWINSZ:
        return set_size(argument);
    case TIOCOUTQ:
        return give_number(argument, 0);
    case FIONREAD:
        return give_number(argument, count_input());
    case TIOCSCTTY:
    case TIOCNOTTY:
    case TIOCGPGRP:
    case TIOCSPGRP:
    case TIOCGSID:
        return control(file, request, argument);
    default:
        return -ENOTTY;
    }
}

const struct file_ops tty_ops = {
    .read = tty_read,
    .write = tty_write,
    .poll = tty_poll,
    .ioctl = tty_ioctl,
};

const struct file_ops tty_line_ops = {.open = open_terminal};
const struct file_ops tty_own_ops = {.open = open_controlling};
