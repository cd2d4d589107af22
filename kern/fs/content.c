// SPDX-License-Identifier: MIT
// The pages of a regular file hang in a tree of nodes with 512 slots each, as page tables do; it is
// as high as the file needs. A tree of height 0 is one page. Pages nobody has written to are holes:
// they read as zeros, or, if the file came with the initial file system, as what stands there.
//
// The pages are what mappings of the file show, too. The inode has a claim to each of its own, so
// whoever maps one privately is never its only owner, and copies it before writing.
#include <arch/layout.h>

#include "base/string.h"
#include "errno.h"
#include "fs/inode.h"
#include "fs/uio.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/mm.h"
#include "mm/shared.h"

enum { SLOT_BITS = 9, SLOTS = 1 << SLOT_BITS };
enum { HEIGHT_LIMIT = 6 }; // 12 + 6 * 9 bits are more than a size has

struct node {
    void *slots[SLOTS]; // nodes, or, in the lowest ones, frames
};
_Static_assert(sizeof(struct node) == PAGE_SIZE, "the heap gives no more");

static bool fits(uint64_t index, unsigned height) {
    return height == HEIGHT_LIMIT || index >> (height * SLOT_BITS) == 0;
}

// Makes the tree high enough for page `index`. Returns false when out of memory.
static bool grow(struct inode *inode, uint64_t index) {
    while (!fits(index, inode->height)) {
        if (inode->pages != NULL) {
            struct node *node = kmalloc(sizeof *node);
            if (node == NULL) {
                return false;
            }
            node->slots[0] = inode->pages;
            inode->pages = node;
        }
        inode->height++;
    }
    return true;
}

// The slot of page `index`; NULL if there is none, or, if `create`, when out of memory.
static void **find_slot(struct inode *inode, uint64_t index, bool create) {
    if (create ? !grow(inode, index) : !fits(index, inode->height)) {
        return NULL;
    }
    void **slot = &inode->pages;
    for (unsigned level = inode->height; level > 0; level--) {
        if (*slot == NULL) {
            *slot = create ? kmalloc(sizeof(struct node)) : NULL;
            if (*slot == NULL) {
                return NULL;
            }
        }
        struct node *node = *slot;
        slot = &node->slots[(index >> ((level - 1) * SLOT_BITS)) % SLOTS];
    }
    return slot;
}

static void fill(const struct inode *inode, struct frame *frame, uint64_t offset) {
    size_t bytes = 0;
    char *memory = frame_memory(frame);
    if (offset < inode->archive_bytes) {
        uint64_t left = inode->archive_bytes - offset;
        bytes = left < PAGE_SIZE ? left : PAGE_SIZE;
        memcpy(memory, inode->archive + offset, bytes);
    }
    memset(memory + bytes, 0, PAGE_SIZE - bytes);
}

// inode_page, with `cache` held.
static struct frame *find_page(struct inode *inode, uint64_t index, bool create) {
    uint64_t offset = index << PAGE_SHIFT;
    create = create || offset < inode->archive_bytes;
    void **slot = find_slot(inode, index, create);
    if (slot != NULL && *slot == NULL && create) {
        struct frame *frame = frame_alloc(FRAME_FILE);
        if (frame != NULL) {
            fill(inode, frame, offset);
            *slot = frame;
            inode->page_count++;
        }
    }
    return slot == NULL ? NULL : *slot;
}

struct frame *inode_page(struct inode *inode, uint64_t index, bool create) {
    mutex_lock(&inode->cache);
    struct frame *frame = find_page(inode, index, create);
    mutex_unlock(&inode->cache);
    return frame;
}

int inode_map_page(struct inode *inode, uint64_t offset, struct frame **frame) {
    int error = -ENXIO;
    mutex_lock(&inode->cache);
    if (offset < inode->size) {
        bool room = inode_has_room() || offset < inode->archive_bytes;
        *frame = find_page(inode, offset >> PAGE_SHIFT, room);
        error = *frame != NULL ? 0 : room ? -ENOMEM : -ENOSPC;
    }
    mutex_unlock(&inode->cache);
    return error;
}

static void recount(void *slot, unsigned height) {
    if (height == 0 && slot != NULL) {
        ((struct frame *)slot)->recount++;
    }
    for (unsigned i = 0; height > 0 && slot != NULL && i < SLOTS; i++) {
        recount(((const struct node *)slot)->slots[i], height - 1);
    }
}

void inode_recount_pages(const struct inode *inode) {
    recount(inode->pages, inode->height);
}

static size_t in_page(uint64_t offset, uint64_t bytes) {
    uint64_t here = PAGE_SIZE - offset % PAGE_SIZE;
    return here < bytes ? here : bytes;
}

int64_t inode_read(struct inode *inode, struct uio *uio, uint64_t offset) {
    uint64_t bytes = offset < inode->size ? inode->size - offset : 0;
    uint64_t done = 0;
    int error = 0;
    bytes = bytes < uio->left ? bytes : uio->left;
    while (done < bytes && error == 0) {
        size_t here = in_page(offset + done, bytes - done);
        uint64_t index = (offset + done) >> PAGE_SHIFT;
        const struct frame *frame = inode_page(inode, index, false);
        if (frame == NULL && index << PAGE_SHIFT < inode->archive_bytes) {
            error = -ENOMEM;
            break;
        }
        size_t moved =
            frame == NULL
                ? uio_put_zeros(uio, here)
                : uio_put(uio, (char *)frame_memory(frame) + (offset + done) % PAGE_SIZE, here);
        done += moved;
        error = moved < here ? -EFAULT : 0;
    }
    return done > 0 ? (int64_t)done : error;
}

// What stands behind the end in the last page, where a mapping may have written, is not to become
// part of the file when that grows, nor to come back after it has been cut.
static void clear_tail(struct inode *inode) {
    size_t used = inode->size % PAGE_SIZE;
    mutex_lock(&inode->cache);
    void **slot = find_slot(inode, inode->size >> PAGE_SHIFT, false);
    if (slot != NULL && *slot != NULL) { // if the page has no tail, it is itself behind the end
        memset((char *)frame_memory(*slot) + used, 0, PAGE_SIZE - used);
    }
    mutex_unlock(&inode->cache);
}

int64_t inode_write(struct inode *inode, struct uio *uio, uint64_t offset) {
    uint64_t bytes = uio->left;
    uint64_t done = 0;
    int error = 0;
    if (bytes > 0 && offset >= SIZE_LIMIT) {
        return -EFBIG;
    }
    bytes = bytes < SIZE_LIMIT - offset ? bytes : SIZE_LIMIT - offset;
    if (offset > inode->size) {
        clear_tail(inode);
    }
    while (done < bytes && error == 0) {
        size_t here = in_page(offset + done, bytes - done);
        bool room = inode_has_room();
        struct frame *frame = inode_page(inode, (offset + done) >> PAGE_SHIFT, room);
        if (frame == NULL) {
            error = room ? -ENOMEM : -ENOSPC;
            break;
        }
        size_t moved =
            uio_take(uio, (char *)frame_memory(frame) + (offset + done) % PAGE_SIZE, here);
        done += moved;
        error = moved < here ? -EFAULT : 0;
    }
    if (done > 0) {
        inode->size = offset + done > inode->size ? offset + done : inode->size;
        inode->modified_ns = inode_time();
    }
    return done > 0 ? (int64_t)done : error;
}

// Frees the pages from `first` on in the subtree at `slot`, whose own first page is `base`.
static void drop(struct inode *inode, void **slot, unsigned height, uint64_t base, uint64_t first) {
    if (*slot == NULL || base + (1UL << (height * SLOT_BITS)) <= first) {
        return;
    }
    if (height == 0) {
        shared_frame_put(*slot);
        inode->page_count--;
        *slot = NULL;
        return;
    }
    struct node *node = *slot;
    for (uint64_t i = 0; i < SLOTS; i++) {
        drop(inode, &node->slots[i], height - 1, base + (i << ((height - 1) * SLOT_BITS)), first);
    }
    if (base >= first) {
        kfree(node);
        *slot = NULL;
    }
}

// First nobody can map what is behind `size` any more, then nobody does, then it goes.
static void cut(struct inode *inode, uint64_t size) {
    uint64_t pages = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
    mutex_lock(&inode->cache);
    inode->size = size;
    inode->archive_bytes = size < inode->archive_bytes ? size : inode->archive_bytes;
    mutex_unlock(&inode->cache);
    clear_tail(inode);
    mm_cut_file(inode, pages << PAGE_SHIFT);
    mutex_lock(&inode->cache);
    drop(inode, &inode->pages, inode->height, 0, pages);
    mutex_unlock(&inode->cache);
}

int inode_resize(struct inode *inode, uint64_t size) {
    if (size > SIZE_LIMIT) {
        return -EFBIG;
    }
    if (size < inode->size) {
        cut(inode, size);
    } else {
        clear_tail(inode);
        inode->size = size;
    }
    inode->modified_ns = inode_time();
    return 0;
}

int64_t inode_read_kernel(struct inode *inode, void *to, size_t bytes, uint64_t offset) {
    struct uio uio;
    uio_kernel(&uio, to, bytes);
    mutex_lock(&inode->mutex);
    int64_t done = inode_read(inode, &uio, offset);
    mutex_unlock(&inode->mutex);
    return done;
}

void inode_free_content(struct inode *inode) {
    drop(inode, &inode->pages, inode->height, 0, 0);
}
