// SPDX-License-Identifier: MIT
// The memory that a read fills or a write takes from: one buffer or many, the caller's or the
// kernel's. Whoever transfers goes forward through it piece by piece.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct iovec {
    uintptr_t base;
    uint64_t bytes;
};

enum { IOV_LIMIT = 1024, IOV_IN_CHUNK = 256, IOV_CHUNKS = IOV_LIMIT / IOV_IN_CHUNK };

struct uio {
    size_t left; // bytes still to be transferred
    unsigned at; // the buffer it is in, and how much of that is done
    size_t skip;
    char *kernel; // not NULL: kernel memory, this and no other
    struct iovec single;
    struct iovec *chunks[IOV_CHUNKS]; // owned, unless there is only `single`
};

// One buffer of the caller's. Returns 0, or -EFAULT if it cannot be in the user half.
int uio_user(struct uio *uio, uintptr_t base, uint64_t bytes);

// `count` buffers, described by an array in user memory. Returns 0, -EINVAL, -EFAULT, or -ENOMEM;
// only after 0 the caller calls uio_end.
int uio_vector(struct uio *uio, uintptr_t vector, uint64_t count);
void uio_end(struct uio *uio);

void uio_kernel(struct uio *uio, void *memory, size_t bytes);

// Move at most `bytes` between `memory` and the place where `uio` is, and go forward. Return how
// much: less than asked for if the memory is less, or cannot be touched. No spinlock may be held.
size_t uio_put(struct uio *uio, const void *memory, size_t bytes); // into the buffers: a read
size_t uio_take(struct uio *uio, void *memory, size_t bytes);      // out of them: a write

// Puts zeros.
size_t uio_put_zeros(struct uio *uio, size_t bytes);
