// SPDX-License-Identifier: MIT
// Memory from the heap. The free blocks are in a list sorted by address; the first that is big
// enough is taken, neighbours become one again when they are given back.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALIGNMENT = 16, GROW_BYTES = 64 * 1024 };

struct block {
    size_t bytes;       // with this header
    struct block *next; // the next free one
};
_Static_assert(sizeof(struct block) == ALIGNMENT, "what follows a header must be aligned");

static struct block *free_blocks;

static char *end_of(struct block *block) {
    return (char *)block + block->bytes;
}

// Puts a block back where it belongs, and joins it to neighbours that touch it.
static void insert(struct block *block) {
    struct block *before = NULL;
    struct block *after = free_blocks;
    while (after != NULL && after < block) {
        before = after;
        after = after->next;
    }
    block->next = after;
    if (after != NULL && end_of(block) == (char *)after) {
        block->bytes += after->bytes;
        block->next = after->next;
    }
    if (before == NULL) {
        free_blocks = block;
    } else if (end_of(before) == (char *)block) {
        before->bytes += block->bytes;
        before->next = block->next;
    } else {
        before->next = block;
    }
}

// Takes `bytes` out of the first block that has them. NULL if none does.
static struct block *take(size_t bytes) {
    for (struct block **link = &free_blocks; *link != NULL; link = &(*link)->next) {
        struct block *block = *link;
        if (block->bytes == bytes) {
            *link = block->next;
            return block;
        }
        if (block->bytes > bytes) {
            block->bytes -= bytes;
            struct block *taken = (struct block *)end_of(block);
            taken->bytes = bytes;
            return taken;
        }
    }
    return NULL;
}

static int grow(size_t bytes) {
    size_t amount = (bytes + GROW_BYTES - 1) / GROW_BYTES * GROW_BYTES;
    uintptr_t end = (uintptr_t)sbrk(0);
    size_t padding = -end % ALIGNMENT;
    if (sbrk((intptr_t)(amount + padding)) == (void *)-1) {
        return -1;
    }
    struct block *block = (struct block *)(end + padding);
    block->bytes = amount;
    insert(block);
    return 0;
}

void *malloc(size_t bytes) {
    if (bytes > PTRDIFF_MAX - GROW_BYTES) {
        errno = ENOMEM;
        return NULL;
    }
    size_t total = (bytes + sizeof(struct block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *block = take(total);
    if (block == NULL && grow(total) == 0) {
        block = take(total);
    }
    return block != NULL ? block + 1 : NULL;
}

// A block is never made smaller: what was needed once may be needed again.
void *realloc(void *memory, size_t bytes) {
    size_t before = memory != NULL ? ((struct block *)memory - 1)->bytes - sizeof(struct block) : 0;
    if (memory != NULL && bytes <= before) {
        return memory;
    }
    void *bigger = malloc(bytes);
    if (bigger != NULL && memory != NULL) {
        memcpy(bigger, memory, before);
        free(memory);
    }
    return bigger;
}

void *calloc(size_t count, size_t bytes) {
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    void *memory = malloc(total);
    return memory != NULL ? memset(memory, 0, total) : NULL;
}

void free(void *memory) {
    if (memory != NULL) {
        insert((struct block *)memory - 1);
    }
}
