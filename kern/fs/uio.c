// SPDX-License-Identifier: MIT
#include "fs/uio.h"

#include <arch/layout.h>

#include "base/string.h"
#include "errno.h"
#include "mm/heap.h"
#include "mm/usercopy.h"

// Linux transfers at most this much in one call, so that the count fits an int.
#define TRANSFER_LIMIT 0x7ffff000UL

static bool in_user_half(uintptr_t base, uint64_t bytes) {
    return base <= USER_TOP && bytes <= USER_TOP - base;
}

int uio_user(struct uio *uio, uintptr_t base, uint64_t bytes) {
    if (!in_user_half(base, bytes)) {
        return -EFAULT;
    }
    *uio = (struct uio){.left = bytes < TRANSFER_LIMIT ? bytes : TRANSFER_LIMIT,
                        .single = {base, bytes}};
    return 0;
}

void uio_kernel(struct uio *uio, void *memory, size_t bytes) {
    *uio = (struct uio){.left = bytes, .kernel = memory};
}

static struct iovec *vector_at(struct uio *uio, unsigned i) {
    struct iovec *chunk = uio->chunks[i / IOV_IN_CHUNK];
    return chunk == NULL ? &uio->single : &chunk[i % IOV_IN_CHUNK];
}

static int copy_vector(struct uio *uio, uintptr_t vector, uint64_t count) {
    for (unsigned i = 0; i < count; i += IOV_IN_CHUNK) {
        uint64_t here = count - i < IOV_IN_CHUNK ? count - i : IOV_IN_CHUNK;
        struct iovec *chunk = kmalloc(here * sizeof *chunk);
        uio->chunks[i / IOV_IN_CHUNK] = chunk;
        if (chunk == NULL) {
            return -ENOMEM;
        }
        if (copy_from_user(chunk, vector + i * sizeof *chunk, here * sizeof *chunk) < 0) {
            return -EFAULT;
        }
    }
    return 0;
}

static int check_vector(struct uio *uio, uint64_t count) {
    for (unsigned i = 0; i < count; i++) {
        if ((int64_t)vector_at(uio, i)->bytes < 0) {
            return -EINVAL;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        struct iovec *part = vector_at(uio, i);
        if (!in_user_half(part->base, part->bytes)) {
            return -EFAULT;
        }
        if (part->bytes > TRANSFER_LIMIT - uio->left) {
            part->bytes = TRANSFER_LIMIT - uio->left;
        }
        uio->left += part->bytes;
    }
    return 0;
}

int uio_vector(struct uio *uio, uintptr_t vector, uint64_t count) {
    *uio = (struct uio){0};
    if (count > IOV_LIMIT) {
        return -EINVAL;
    }
    int error = copy_vector(uio, vector, count);
    if (error == 0) {
        error = check_vector(uio, count);
    }
    if (error < 0) {
        uio_end(uio);
    }
    return error;
}

void uio_end(struct uio *uio) {
    for (unsigned i = 0; i < IOV_CHUNKS; i++) {
        kfree(uio->chunks[i]);
    }
}

static size_t min(size_t a, size_t b) {
    return a < b ? a : b;
}

// Where the next bytes are; cuts *bytes to what is there in one piece. Skips empty buffers.
static uintptr_t place(struct uio *uio, size_t *bytes) {
    *bytes = min(*bytes, uio->left);
    if (uio->kernel != NULL || *bytes == 0) {
        return (uintptr_t)uio->kernel + uio->skip;
    }
    while (uio->skip == vector_at(uio, uio->at)->bytes) {
        uio->at++;
        uio->skip = 0;
    }
    struct iovec *part = vector_at(uio, uio->at);
    *bytes = min(*bytes, part->bytes - uio->skip);
    return part->base + uio->skip;
}

// Moves bytes of one piece. Returns how many.
static size_t move(struct uio *uio, uintptr_t place, char *memory, size_t bytes, bool put) {
    if (uio->kernel != NULL) {
        memcpy(put ? (void *)place : memory, put ? memory : (void *)place, bytes);
        return bytes;
    }
    return put ? copy_to_user_partly(place, memory, bytes)
               : copy_from_user_partly(memory, place, bytes);
}

static size_t transfer(struct uio *uio, char *memory, size_t bytes, bool put) {
    size_t done = 0;
    while (done < bytes && uio->left > 0) {
        size_t here = bytes - done;
        uintptr_t at = place(uio, &here);
        size_t moved = move(uio, at, memory + done, here, put);
        uio->skip += moved;
        uio->left -= moved;
        done += moved;
        if (moved < here) {
            break;
        }
    }
    return done;
}

size_t uio_put(struct uio *uio, const void *memory, size_t bytes) {
    return transfer(uio, (char *)(uintptr_t)memory, bytes, true);
}

size_t uio_take(struct uio *uio, void *memory, size_t bytes) {
    return transfer(uio, memory, bytes, false);
}

size_t uio_put_zeros(struct uio *uio, size_t bytes) {
    static const char zeros[512];
    size_t done = 0;
    while (done < bytes) {
        size_t here = min(bytes - done, sizeof zeros);
        size_t moved = uio_put(uio, zeros, here);
        done += moved;
        if (moved < here) {
            break;
        }
    }
    return done;
}
