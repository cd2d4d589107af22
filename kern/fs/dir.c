// SPDX-License-Identifier: MIT
#include "fs/dir.h"

#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "mm/heap.h"

struct entry *dir_find(const struct inode *dir, const char *name, size_t length) {
    list_for_each(link, &dir->entries) {
        struct entry *entry = list_entry(link, struct entry, link);
        if (entry->length == length && memcmp(entry->name, name, length) == 0) {
            return entry;
        }
    }
    return NULL;
}

static void touch(struct inode *inode) {
    inode->changed_ns = inode->modified_ns = inode_time();
}

struct entry *dir_spare(const char *name, size_t length) {
    struct entry *entry = kmalloc(sizeof *entry + length);
    if (entry != NULL) {
        list_init(&entry->link);
        entry->length = (uint8_t)length;
        memcpy(entry->name, name, length);
    }
    return entry;
}

// A directory's own parent and link count know where it is.
static void attach(struct inode *dir, struct entry *entry, struct inode *inode) {
    entry->inode = inode_get(inode);
    entry->position = dir->next_position++;
    list_push_back(&dir->entries, &entry->link);
    inode->links++;
    if (inode_is_dir(inode)) {
        inode->links++; // its "."
        struct inode *old = inode->parent;
        inode->parent = inode_get(dir);
        inode_put(old);
        dir->links++;
    }
    touch(dir);
    inode->changed_ns = inode_time();
}

static void detach(struct inode *dir, struct entry *entry) {
    struct inode *inode = entry->inode;
    list_remove(&entry->link);
    inode->links--;
    if (inode_is_dir(inode)) {
        inode->links--;
        dir->links--;
    }
    touch(dir);
    inode->changed_ns = inode_time();
}

int dir_add(struct inode *dir, const char *name, size_t length, struct inode *inode) {
    ASSERT(mutex_held(&names_lock));
    struct entry *entry = dir_spare(name, length);
    if (entry == NULL) {
        return -ENOMEM;
    }
    attach(dir, entry, inode);
    return 0;
}

void dir_remove(struct inode *dir, struct entry *entry) {
    ASSERT(mutex_held(&names_lock));
    struct inode *inode = entry->inode;
    detach(dir, entry);
    kfree(entry);
    inode_put(inode);
}

void dir_move(struct inode *from, struct entry *entry, struct inode *to, struct entry *spare) {
    struct inode *inode = entry->inode;
    detach(from, entry);
    kfree(entry);
    attach(to, spare, inode);
    inode_put(inode); // the old name's claim
}

bool dir_is_above(const struct inode *dir, const struct inode *below) {
    while (below != dir && below->parent != below) {
        below = below->parent;
    }
    return below == dir;
}
