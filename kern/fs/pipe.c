// SPDX-License-Identifier: MIT
// A ring of pages, each of which is there from its first use on. While it is empty it begins at its
// start, so that small messages need one page. A piece that the caller's memory holds only in part
// is not transferred at all, as under Linux.
#include "fs/pipe.h"

#include <arch/layout.h>

#include "errno.h"
#include "fs/poll.h"
#include "fs/uio.h"
#include "mm/heap.h"
#include "sys/signal.h"
#include "task/cred.h"
#include "task/signal.h"
#include "task/task.h"

#define CAPACITY (PIPE_PAGES * PAGE_SIZE)

struct pipe {
    // Who moves bytes holds it, and may touch user memory. Never held by a sleeper that waits for
    // bytes or room.
    struct mutex mutex;

    // Guards what follows, though `bytes` changes only if `mutex` is held too. Taken inside it.
    struct spinlock lock;
    size_t bytes;
    unsigned readers, writers; // open files, not descriptors
    struct wait_queue wait;    // for bytes or room, or for the last of the other side to go

    // Guarded by `mutex`.
    size_t head; // the first byte's place
    char *pages[PIPE_PAGES];
};

static struct pipe *create(void) {
    struct pipe *pipe = kmalloc(sizeof *pipe);
    if (pipe != NULL) {
        mutex_init(&pipe->mutex, "pipe");
        pipe->lock = (struct spinlock)SPINLOCK_INIT("pipe state");
        wait_queue_init(&pipe->wait);
        pipe->readers = pipe->writers = 1;
    }
    return pipe;
}

void pipe_destroy(struct pipe *pipe) {
    for (unsigned i = 0; pipe != NULL && i < PIPE_PAGES; i++) {
        kfree(pipe->pages[i]);
    }
    kfree(pipe);
}

int pipe_create(struct file *ends[2], unsigned flags) {
    struct inode *inode = inode_create(S_IFIFO | 0600, current->cred);
    if (inode == NULL) {
        return -ENOMEM;
    }
    inode->links = 1;
    inode->pipe = create();
    ends[0] = inode->pipe == NULL ? NULL : file_create(inode, O_RDONLY | flags);
    ends[1] = ends[0] == NULL ? NULL : file_create(inode, O_WRONLY | flags);
    if (ends[1] == NULL) {
        file_put(ends[0]);
    }
    inode_put(inode); // the ends keep it
    return ends[1] == NULL ? -ENOMEM : 0;
}

// Can a transfer of at least `bytes` go on, or need it not go on waiting?
typedef bool ready_fn(const struct pipe *pipe, size_t bytes);

static bool can_read(const struct pipe *pipe, size_t bytes) {
    return pipe->bytes >= bytes || pipe->writers == 0;
}

static bool can_write(const struct pipe *pipe, size_t bytes) {
    return CAPACITY - pipe->bytes >= bytes || pipe->readers == 0;
}

static int await(struct file *file, struct pipe *pipe, ready_fn *ready, size_t bytes) {
    int error = 0;
    spin_lock(&pipe->lock);
    while (error == 0 && !ready(pipe, bytes)) {
        error = (file->flags & O_NONBLOCK) ? -EAGAIN
                                           : wait_sleep_interruptible(&pipe->wait, &pipe->lock);
    }
    spin_unlock(&pipe->lock);
    return error == -EINTR ? -ERESTARTSYS : error;
}

// Takes the mutex when `ready`, waiting for that if the file's flags permit. Returns 0, -EAGAIN or
// -ERESTARTSYS, and then the mutex is free.
static int lock_when(struct file *file, ready_fn *ready, size_t bytes) {
    struct pipe *pipe = file->inode->pipe;
    for (;;) {
        int error = await(file, pipe, ready, bytes);
        if (error < 0) {
            return error;
        }
        mutex_lock(&pipe->mutex);
        if (ready(pipe, bytes)) {
            return 0;
        }
        mutex_unlock(&pipe->mutex); // somebody was faster
    }
}

// Bytes have come or gone: tells whoever waits. The mutex is held, and let go.
static void finish(struct pipe *pipe, size_t bytes) {
    spin_lock(&pipe->lock);
    pipe->bytes = bytes;
    wait_wake_all(&pipe->wait);
    spin_unlock(&pipe->lock);
    mutex_unlock(&pipe->mutex);
    poll_notify();
}

// The memory at place `at` of the ring; cuts *bytes to what lies there in one piece. NULL when out
// of memory.
static char *memory_at(struct pipe *pipe, size_t at, size_t *bytes) {
    size_t offset = at % PAGE_SIZE;
    char **page = &pipe->pages[at / PAGE_SIZE % PIPE_PAGES];
    if (*page == NULL) {
        *page = kmalloc(PAGE_SIZE);
    }
    *bytes = *bytes < PAGE_SIZE - offset ? *bytes : PAGE_SIZE - offset;
    return *page == NULL ? NULL : *page + offset;
}

static int64_t pipe_read(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)offset;
    struct pipe *pipe = file->inode->pipe;
    if (uio->left == 0) {
        return 0;
    }
    int64_t error = lock_when(file, can_read, 1);
    if (error < 0) {
        return error;
    }
    size_t done = 0;
    size_t wanted = uio->left < pipe->bytes ? uio->left : pipe->bytes;
    while (done < wanted) {
        size_t here = wanted - done;
        const char *memory = memory_at(pipe, pipe->head, &here);
        if (uio_put(uio, memory, here) < here) {
            error = -EFAULT; // what did not arrive whole stays
            break;
        }
        pipe->head = (pipe->head + here) % CAPACITY;
        done += here;
    }
    finish(pipe, pipe->bytes - done);
    return done > 0 ? (int64_t)done : error;
}

// Puts as much as there is room for behind the bytes that are there, but does not count it yet.
// Returns how much, and says why it is not all.
static size_t fill(struct pipe *pipe, struct uio *uio, int *error) {
    size_t done = 0;
    size_t room = CAPACITY - pipe->bytes;
    size_t wanted = uio->left < room ? uio->left : room;
    if (pipe->bytes == 0) {
        pipe->head = 0;
    }
    while (done < wanted && *error == 0) {
        size_t here = wanted - done;
        char *memory = memory_at(pipe, pipe->head + pipe->bytes + done, &here);
        if (memory == NULL) {
            *error = -ENOMEM;
        } else if (uio_take(uio, memory, here) < here) {
            *error = -EFAULT;
        } else {
            done += here;
        }
    }
    return done;
}

// One round of a write, at least `least` bytes. Returns how many, or an error.
static int64_t write_some(struct file *file, struct uio *uio, size_t least) {
    struct pipe *pipe = file->inode->pipe;
    int error = lock_when(file, can_write, least);
    if (error < 0) {
        return error;
    }
    if (pipe->readers == 0) {
        mutex_unlock(&pipe->mutex);
        return -EPIPE;
    }
    size_t done = fill(pipe, uio, &error);
    if (done < least) {
        done = 0; // what has to arrive as one piece does not arrive in part
    }
    finish(pipe, pipe->bytes + done);
    return done > 0 ? (int64_t)done : error;
}

static int64_t pipe_write(struct file *file, struct uio *uio, uint64_t *offset) {
    (void)offset;
    size_t least = uio->left <= PIPE_BUF ? uio->left : 1;
    int64_t done = 0;
    while (uio->left > 0) {
        int64_t moved = write_some(file, uio, least);
        if (moved == -EPIPE) {
            signal_send(current, SIGPIPE);
        }
        if (moved < 0) {
            return done > 0 ? done : moved;
        }
        done += moved;
    }
    return done;
}

static unsigned pipe_poll(struct file *file) {
    struct pipe *pipe = file->inode->pipe;
    unsigned state = 0;
    spin_lock(&pipe->lock);
    if (file->readable) {
        state |= (pipe->bytes > 0 ? POLLIN : 0) | (pipe->writers == 0 ? POLLHUP : 0);
    }
    if (file->writable) {
        state |=
            (CAPACITY - pipe->bytes >= PIPE_BUF ? POLLOUT : 0) | (pipe->readers == 0 ? POLLERR : 0);
    }
    spin_unlock(&pipe->lock);
    return state;
}

static void pipe_release(struct file *file) {
    struct pipe *pipe = file->inode->pipe;
    spin_lock(&pipe->lock);
    pipe->readers -= file->readable;
    pipe->writers -= file->writable;
    wait_wake_all(&pipe->wait);
    spin_unlock(&pipe->lock);
    poll_notify();
}

const struct file_ops pipe_ops = {
    .read = pipe_read,
    .write = pipe_write,
    .poll = pipe_poll,
    .release = pipe_release,
};
